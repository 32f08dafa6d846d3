#include "clamp_int8.h"
#include "fixed_point_int16.h"
#include "multiply_quantized.h"

/* Multipliers and shifts are those of the gates input, forget, cell, output; `cell_bits` are the integer bits of the
 * cells' state. */
typedef struct {
    int32_t steps;
    int32_t inputs;
    int32_t cells;
    int32_t cell_bits;
    int32_t cell_limit; /* 0: the cells are not limited */
    int32_t input_multiplier[4];
    int32_t input_shift[4];
    int32_t recurrent_multiplier[4];
    int32_t recurrent_shift[4];
    int32_t hidden_multiplier;
    int32_t hidden_shift;
    int32_t hidden_zero_point;
} lstm_int8_parameters;

/* gates[gate] += the scaled products of a vector with the four rows of weights of one cell, which lie behind one
 * another. */
static void lstm_accumulate_int8(const int8_t *vector, const int8_t *weights, const int32_t *bias, int32_t length,
                                 const int32_t multiplier[4], const int32_t shift[4], int32_t gates[4])
{
    const int8_t *w1 = weights + length;
    const int8_t *w2 = w1 + length;
    const int8_t *w3 = w2 + length;
    int32_t sums[4] = {bias[0], bias[1], bias[2], bias[3]};
    for (int32_t i = 0; i < length; ++i) {
        const int32_t x = vector[i];
        sums[0] += x * weights[i];
        sums[1] += x * w1[i];
        sums[2] += x * w2[i];
        sums[3] += x * w3[i];
    }
    for (int32_t gate = 0; gate < 4; ++gate) {
        gates[gate] = saturate_int16(gates[gate] + multiply_quantized(sums[gate], multiplier[gate], shift[gate]));
    }
}

/* UNIDIRECTIONAL_SEQUENCE_LSTM with 16-bit cells: one output row of `cells` values for each step. Weights are
 * [cells][gate][inputs] and [cells][gate][cells], biases [cells][gate]. */
static void lstm_int8(const lstm_int8_parameters *p, const int8_t *input, const int8_t *input_weights,
                      const int32_t *input_bias, const int8_t *recurrent_weights, const int32_t *recurrent_bias,
                      int8_t *output_state, int16_t *cell_state, int8_t *output)
{
    const int8_t *previous = output_state;
    for (int32_t step = 0; step < p->steps; ++step, input += p->inputs, output += p->cells) {
        for (int32_t c = 0; c < p->cells; ++c) {
            int32_t gates[4] = {0, 0, 0, 0};
            int32_t kept, added, hidden;
            lstm_accumulate_int8(input, input_weights + 4 * c * p->inputs, input_bias + 4 * c, p->inputs,
                                 p->input_multiplier, p->input_shift, gates);
            lstm_accumulate_int8(previous, recurrent_weights + 4 * c * p->cells, recurrent_bias + 4 * c, p->cells,
                                 p->recurrent_multiplier, p->recurrent_shift, gates);
            kept = divide_by_power_of_two(logistic_fixed_int16(gates[1]) * cell_state[c], 15);
            added = logistic_fixed_int16(gates[0]) * tanh_fixed_int16(gates[2], 3);
            added = divide_by_power_of_two(added, 15 + p->cell_bits);
            kept = saturate_int16(kept + added);
            if (p->cell_limit > 0) {
                kept = kept > p->cell_limit ? p->cell_limit : kept;
                kept = kept < -p->cell_limit ? -p->cell_limit : kept;
            }
            cell_state[c] = (int16_t)kept;
            hidden = logistic_fixed_int16(gates[3]) * tanh_fixed_int16(kept, p->cell_bits);
            hidden = multiply_quantized(hidden, p->hidden_multiplier, p->hidden_shift);
            output[c] = clamp_int8(hidden + p->hidden_zero_point, -128, 127);
        }
        previous = output;
    }
    memcpy(output_state, previous, (size_t)p->cells);
}
