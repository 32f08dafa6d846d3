#ifndef IMU_H
#define IMU_H
struct IMUClass {
    int begin();
    int accelerationAvailable();
    int readAcceleration(float &x, float &y, float &z);
    int gyroscopeAvailable();
    int readGyroscope(float &x, float &y, float &z);
};
extern IMUClass IMU;
#endif
