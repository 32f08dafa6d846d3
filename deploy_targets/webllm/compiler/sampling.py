"""What WebLLM does with logits on the graphics card, as programs with their threads laid out: bias, penalties, masks,
and drawing a token.

All buffers are ``[rows, vocabulary]`` of float32 and indices of int32; the names and the order of the arguments are
WebLLM's (``LLMChatPipeline.sampleTokenFromLogits``).

A token is drawn from the nucleus: the likeliest tokens that hold ``top_p`` together. WebLLM sorts all tokens for that first;
here the nucleus is the tokens at or above a threshold, which is found by halving. So ``argsort_probs`` has nothing to do,
and gives back what it was given.
"""

# TVM has no types, and is not there where this is checked.
# mypy: ignore-errors
# TVM reads the text of these functions: it knows no `and` of an index that may lie outside, and no `_`.
# ruff: noqa: B007, PLR0915, SIM102

from __future__ import annotations

from typing import Any

from tvm.script import tirx as T

THREADS = 256
BITS = 32
HALVINGS = 30
"""Of the interval of thresholds: past it, float32 has no more digits to tell them apart."""


def programs(vocabulary: int) -> dict[str, Any]:
    """Each program by the name that WebLLM calls."""
    words = -(-vocabulary // BITS)
    strides = -(-vocabulary // THREADS)

    @T.prim_func(s_tir=True)
    def apply_logit_bias_inplace(
        var_logits: T.handle, var_rows: T.handle, var_tokens: T.handle, var_bias: T.handle
    ):
        T.func_attr(
            {"global_symbol": "apply_logit_bias_inplace", "tirx.is_scheduled": True, "tirx.noalias": True}
        )
        batch = T.int32()
        count = T.int32()
        logits = T.match_buffer(var_logits, (batch, vocabulary), "float32")
        rows = T.match_buffer(var_rows, (count,), "int32")
        tokens = T.match_buffer(var_tokens, (count,), "int32")
        bias = T.match_buffer(var_bias, (count,), "float32")
        for block in T.thread_binding((count + THREADS - 1) // THREADS, thread="blockIdx.x"):
            for thread in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("bias"):
                    v = T.axis.spatial(count, block * THREADS + thread)
                    T.where(block * THREADS + thread < count)
                    logits[rows[v], tokens[v]] = logits[rows[v], tokens[v]] + bias[v]

    @T.prim_func(s_tir=True)
    def apply_penalty_inplace(
        var_logits: T.handle,
        var_sequences: T.handle,
        var_rows: T.handle,
        var_tokens: T.handle,
        var_counts: T.handle,
        var_penalties: T.handle,
    ):
        T.func_attr(
            {"global_symbol": "apply_penalty_inplace", "tirx.is_scheduled": True, "tirx.noalias": True}
        )
        batch = T.int32()
        sequence_count = T.int32()
        count = T.int32()
        logits = T.match_buffer(var_logits, (batch, vocabulary), "float32")
        sequences = T.match_buffer(var_sequences, (sequence_count,), "int32")
        rows = T.match_buffer(var_rows, (count,), "int32")
        tokens = T.match_buffer(var_tokens, (count,), "int32")
        counts = T.match_buffer(var_counts, (count,), "int32")
        # presence, frequency, repetition
        penalties = T.match_buffer(var_penalties, (sequence_count, 3), "float32")
        for block in T.thread_binding((count + THREADS - 1) // THREADS, thread="blockIdx.x"):
            for thread in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("penalty"):
                    v = T.axis.spatial(count, block * THREADS + thread)
                    T.where(block * THREADS + thread < count)
                    logits[sequences[rows[v]], tokens[v]] = logits[sequences[rows[v]], tokens[v]] - (
                        penalties[rows[v], 0] + T.cast(counts[v], "float32") * penalties[rows[v], 1]
                    )
                    logits[sequences[rows[v]], tokens[v]] = T.if_then_else(
                        logits[sequences[rows[v]], tokens[v]] < T.float32(0),
                        logits[sequences[rows[v]], tokens[v]] * penalties[rows[v], 2],
                        logits[sequences[rows[v]], tokens[v]] / penalties[rows[v], 2],
                    )

    @T.prim_func(s_tir=True)
    def apply_bitmask_inplace(var_logits: T.handle, var_sequences: T.handle, var_mask: T.handle):
        T.func_attr(
            {"global_symbol": "apply_bitmask_inplace", "tirx.is_scheduled": True, "tirx.noalias": True}
        )
        batch = T.int32()
        sequence_count = T.int32()
        logits = T.match_buffer(var_logits, (batch, vocabulary), "float32")
        sequences = T.match_buffer(var_sequences, (sequence_count,), "int32")
        mask = T.match_buffer(var_mask, (batch, words), "int32")
        for block in T.thread_binding(
            (sequence_count * vocabulary + THREADS - 1) // THREADS, thread="blockIdx.x"
        ):
            for thread in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("mask"):
                    s = T.axis.spatial(sequence_count, (block * THREADS + thread) // vocabulary)
                    v = T.axis.spatial(vocabulary, (block * THREADS + thread) % vocabulary)
                    T.where(block * THREADS + thread < sequence_count * vocabulary)
                    logits[sequences[s], v] = T.if_then_else(
                        T.bitwise_and(T.shift_right(mask[sequences[s], v // BITS], v % BITS), 1) == 1,
                        logits[sequences[s], v],
                        T.float32(-3.4e38),
                    )

    @T.prim_func(s_tir=True)
    def sample_nucleus(
        var_probabilities: T.handle,
        var_uniform: T.handle,
        var_sample_rows: T.handle,
        var_top_p: T.handle,
        var_tokens: T.handle,
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        batch = T.int32()
        count = T.int32()
        probabilities = T.match_buffer(var_probabilities, (batch, vocabulary), "float32")
        uniform = T.match_buffer(var_uniform, (count,), "float32")
        sample_rows = T.match_buffer(var_sample_rows, (count,), "int32")
        top_p = T.match_buffer(var_top_p, (batch,), "float32")
        tokens = T.match_buffer(var_tokens, (count,), "int32")
        shares = T.sblock_alloc_buffer((THREADS,), "float32", scope="shared")
        sums = T.sblock_alloc_buffer((4,), "float32", scope="local")
        places = T.sblock_alloc_buffer((2,), "int32", scope="local")
        for sample in T.thread_binding(count, thread="blockIdx.x"):
            for thread in T.thread_binding(THREADS, thread="threadIdx.x"):
                with T.sblock("sample"):
                    T.reads()
                    T.writes()
                    # sums: the threshold is at least 0, below 1; the middle; the mass at or above the middle
                    sums[0] = T.float32(0)
                    sums[1] = T.float32(1)
                    for halving in T.serial(HALVINGS):
                        sums[2] = (sums[0] + sums[1]) * T.float32(0.5)
                        sums[3] = T.float32(0)
                        for step in T.serial(strides):
                            if step * THREADS + thread < vocabulary:
                                if probabilities[sample_rows[sample], step * THREADS + thread] >= sums[2]:
                                    sums[3] = (
                                        sums[3] + probabilities[sample_rows[sample], step * THREADS + thread]
                                    )
                        shares[thread] = sums[3]
                        T.tvm_storage_sync("shared")
                        sums[3] = T.float32(0)
                        for other in T.serial(THREADS):
                            sums[3] = sums[3] + shares[other]
                        T.tvm_storage_sync("shared")
                        if sums[3] >= top_p[sample_rows[sample]]:
                            sums[0] = sums[2]
                        else:
                            sums[1] = sums[2]
                    # each thread's stretch of the vocabulary, its mass at or above the threshold
                    sums[3] = T.float32(0)
                    for step in T.serial(strides):
                        if thread * strides + step < vocabulary:
                            if probabilities[sample_rows[sample], thread * strides + step] >= sums[0]:
                                sums[3] = (
                                    sums[3] + probabilities[sample_rows[sample], thread * strides + step]
                                )
                    shares[thread] = sums[3]
                    T.tvm_storage_sync("shared")
                    if thread == 0:
                        sums[1] = T.float32(0)
                        for other in T.serial(THREADS):
                            sums[1] = sums[1] + shares[other]
                        # what is left to go until the drawn share is reached: over stretches, then over tokens
                        sums[1] = sums[1] * uniform[sample]
                        places[0] = 0
                        places[1] = 0
                        for other in T.serial(THREADS - 1):
                            sums[2] = shares[other]
                            if places[1] == 0:
                                if sums[1] >= sums[2]:
                                    sums[1] = sums[1] - sums[2]
                                    places[0] = places[0] + 1
                                else:
                                    places[1] = 1
                        places[1] = 0
                        tokens[sample] = 0
                        sums[2] = T.float32(0)
                        for step in T.serial(strides):
                            if places[0] * strides + step < vocabulary and places[1] == 0:
                                if probabilities[sample_rows[sample], places[0] * strides + step] >= sums[0]:
                                    tokens[sample] = places[0] * strides + step
                                    sums[2] = (
                                        sums[2]
                                        + probabilities[sample_rows[sample], places[0] * strides + step]
                                    )
                                    if sums[2] > sums[1]:
                                        places[1] = 1

    return {
        "apply_logit_bias_inplace": apply_logit_bias_inplace,
        "apply_penalty_inplace": apply_penalty_inplace,
        "apply_bitmask_inplace": apply_bitmask_inplace,
        "sample_nucleus": sample_nucleus,
    }
