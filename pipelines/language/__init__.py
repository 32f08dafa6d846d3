"""Language models: a folder of a publisher's files to what runs in a web page.

A side branch next to the stages: it knows none of them, and only deploy targets use it. One file per subject:
:mod:`.model_folder` opens and checks a folder, :mod:`.mlc` and :mod:`.gguf_file` write it in the formats of WebLLM and
of llama.cpp, :mod:`.forward` computes what it says, :mod:`.wina` how much of it is needed for that. Weights are read and
written piece by piece: a model of any size takes a few hundred megabytes of memory.
"""
