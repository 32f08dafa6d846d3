"""Images that are never whole: consecutive layers that run row by row, over rings of a few rows.

Terms:

- A *segment* is a run of consecutive steps whose inner tensors nothing else reads. Its inputs and its output are whole.
- It runs in *ticks*. Each step has *turns*: from tick `start` on, every `period` ticks, it computes one row. Nothing is
  computed twice.
- An inner tensor is a *ring* of as many rows as lie between the newest one and the oldest that is still to be read.
- Where an input of the segment dies in it, the output may take over the bytes of rows that are read no more: it begins
  some rows below the input.
- A segment may run in *strips* of columns, one after the other, for which the columns at the seams are computed twice.

`regions` knows which rows and columns need which, `schedule` finds turns and rings, `segment` is what comes out,
`streams` what of a graph can be a segment, `cuts` how its steps can be cut into segments, `choose` which cut to take,
and `emit_segment` writes the C.
"""
