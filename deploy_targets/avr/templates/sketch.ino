/*
 * $name on the voltages of analogue pins, for AVR boards. Made by Thimble.
 *
 * Wire each channel to the pin of its place in PINS. Change in_units for another sensor: it is to give values in the units
 * of the recordings that the model was trained on. Open the serial monitor at 115200 baud.
 */
#include <Arduino.h>
#include <${name}_continuous.h>

static const uint8_t PINS[${NAME}_CHANNELS] = {$pins};

static ${name}_workspace workspace;
static ${name}_continuous continuous;

/* What a reading, 0 to 1023, means. Here: volts. */
static float in_units(uint8_t channel, int reading)
{
    (void)channel;
    return (float)reading * (5.0f / 1024.0f);
}

static void on_result(void *context, const ${name}_result *result)
{
    (void)context;
    Serial.print((unsigned long)((float)result->end * (1000.0f / ${NAME}_SAMPLE_RATE_HZ)));
    Serial.print(F(" ms: "));
    if (result->answer == ${NAME}_UNCERTAIN) {
        Serial.println(F("uncertain"));
    } else {
        Serial.print(${name}_labels[result->answer]);
        Serial.print(' ');
        Serial.print((int)(100.0f * result->smoothed[result->answer] + 0.5f));
        Serial.println(F(" %"));
    }
}

void setup()
{
    Serial.begin(115200);
    ${name}_continuous_start(&continuous, &workspace, on_result, 0);
}

void loop()
{
    static const uint32_t period_us = (uint32_t)(1e6f / ${NAME}_SAMPLE_RATE_HZ + 0.5f);
    static uint32_t due_us = micros();
    float sample[${NAME}_CHANNELS];

    if ((int32_t)(micros() - due_us) < 0) {
        return;
    }
    /* Where classifying took longer than a period, the next readings follow at once and the rate is kept on average. */
    due_us += period_us;
    for (uint8_t channel = 0; channel < ${NAME}_CHANNELS; channel++) {
        sample[channel] = in_units(channel, analogRead(PINS[channel]));
    }
    ${name}_continuous_push(&continuous, sample, 1);
}
