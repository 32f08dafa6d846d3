#include "IMU.h"
