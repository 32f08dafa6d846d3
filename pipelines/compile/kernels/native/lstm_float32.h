#include "exp_float32.h"

typedef struct {
    int32_t steps;
    int32_t inputs;
    int32_t cells;
    float cell_limit; /* 0: the cells are not limited */
} lstm_float32_parameters;

static float lstm_logistic(float x)
{
    return 1.0f / (1.0f + exp_float32(-x));
}

static float lstm_tanh(float x)
{
    const float magnitude = 1.0f - 2.0f / (exp_float32(2.0f * (x < 0.0f ? -x : x)) + 1.0f);
    return x < 0.0f ? -magnitude : magnitude;
}

/* sums[gate] += the products of a vector with the four rows of weights of one cell, which lie behind one another. */
static void lstm_accumulate_float32(const float *vector, const float *weights, int32_t length, float sums[4])
{
    for (int32_t gate = 0; gate < 4; ++gate, weights += length) {
        float sum = 0.0f;
        for (int32_t i = 0; i < length; ++i) {
            sum += vector[i] * weights[i];
        }
        sums[gate] += sum;
    }
}

/* UNIDIRECTIONAL_SEQUENCE_LSTM: one output row of `cells` values for each step. Weights are [cells][gate][inputs] and
 * [cells][gate][cells], the bias [cells][gate]; gates are input, forget, cell, output. */
static void lstm_float32(const lstm_float32_parameters *p, const float *input, const float *input_weights,
                         const float *recurrent_weights, const float *bias, float *output_state, float *cell_state,
                         float *output)
{
    const float *previous = output_state;
    for (int32_t step = 0; step < p->steps; ++step, input += p->inputs, output += p->cells) {
        for (int32_t c = 0; c < p->cells; ++c) {
            float sums[4] = {bias[4 * c], bias[4 * c + 1], bias[4 * c + 2], bias[4 * c + 3]};
            float cell;
            lstm_accumulate_float32(input, input_weights + 4 * c * p->inputs, p->inputs, sums);
            lstm_accumulate_float32(previous, recurrent_weights + 4 * c * p->cells, p->cells, sums);
            cell = lstm_logistic(sums[1]) * cell_state[c];
            cell += lstm_tanh(sums[2]) * lstm_logistic(sums[0]);
            if (p->cell_limit > 0.0f) {
                cell = cell > p->cell_limit ? p->cell_limit : cell;
                cell = cell < -p->cell_limit ? -p->cell_limit : cell;
            }
            cell_state[c] = cell;
            output[c] = lstm_logistic(sums[3]) * lstm_tanh(cell);
        }
        previous = output;
    }
    memcpy(output_state, previous, (size_t)p->cells * sizeof *output_state);
}
