"""How a conversation is written for a model, as MLC's ``conv_template``.

WebLLM runs no Jinja: it joins roles, separators and messages. A publisher's template is recognised by the
signs that it writes; where none is known, the model only continues texts. Source: MLC LLM, ``conversation_protocol.py`` (the
fields), and the publishers' own templates (the signs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.language.model_folder import LanguageModel

_SYSTEM = "{system_message}"
_ROLE_TEMPLATES = {"user": "{user_message}", "assistant": "{assistant_message}", "tool": "{tool_message}"}
_DEFAULT_SYSTEM = "You are a helpful assistant."

_LLAMA_3 = {
    "name": "llama-3",
    "system_template": f"<|start_header_id|>system<|end_header_id|>\n\n{_SYSTEM}<|eot_id|>",
    "roles": {
        "user": "<|start_header_id|>user",
        "assistant": "<|start_header_id|>assistant",
        "tool": "<|start_header_id|>ipython",
    },
    "seps": ["<|eot_id|>"],
    "role_content_sep": "<|end_header_id|>\n\n",
    "role_empty_sep": "<|end_header_id|>\n\n",
}
_CHATML = {
    "name": "chatml",
    "system_template": f"<|im_start|>system\n{_SYSTEM}<|im_end|>\n",
    "roles": {"user": "<|im_start|>user", "assistant": "<|im_start|>assistant", "tool": "<|im_start|>tool"},
    "seps": ["<|im_end|>\n"],
    "role_content_sep": "\n",
    "role_empty_sep": "\n",
}
_GEMMA = {
    "name": "gemma_instruction",
    "system_template": _SYSTEM,
    "roles": {
        "user": "<start_of_turn>user",
        "assistant": "<start_of_turn>model",
        "tool": "<start_of_turn>tool",
    },
    "seps": ["<end_of_turn>\n"],
    "role_content_sep": "\n",
    "role_empty_sep": "\n",
}
_TINY_LLAMA = {
    "name": "tinyllama_v1_0",
    "system_template": f"<|system|>\n{_SYSTEM}</s>\n",
    "roles": {"user": "<|user|>", "assistant": "<|assistant|>", "tool": "<|tool|>"},
    "seps": ["</s>\n"],
    "role_content_sep": "\n",
    "role_empty_sep": "\n",
}
_LLAMA_2 = {
    "name": "llama-2",
    "system_template": f"[INST] <<SYS>>\n{_SYSTEM}\n<</SYS>>\n\n",
    "roles": {"user": "<s>[INST]", "assistant": "[/INST]", "tool": "[INST]"},
    "seps": [" ", " </s>"],
    "role_content_sep": " ",
    "role_empty_sep": " ",
    "add_role_after_system_message": False,
}
_PLAIN = {
    "name": "LM",
    "system_template": _SYSTEM,
    "roles": {"user": "", "assistant": "", "tool": ""},
    "seps": [""],
    "role_content_sep": "",
    "role_empty_sep": "",
}
_SIGNS: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("<|start_header_id|>", _LLAMA_3, "<|eot_id|>"),
    ("<|im_start|>", _CHATML, "<|im_end|>"),
    ("<start_of_turn>", _GEMMA, "<end_of_turn>"),
    ("<|user|>", _TINY_LLAMA, "</s>"),
    ("[INST]", _LLAMA_2, "</s>"),
)
"""A sign in a publisher's template, what it stands for, and the token that ends a turn."""
_OWN_SYSTEM = re.compile(r"""<\|im_start\|>system(?:\\n|\n)(You are [^'"<\\{}]{1,200})""")
"""A text right after the sign of a system message; line ends in Jinja's strings are written as ``\\n``."""
_WITHOUT_SYSTEM = {"gemma_instruction", "LM"}


def conversation_template(model: LanguageModel) -> dict[str, Any]:
    """The ``conv_template`` of a model; its ``name`` is ``LM`` where it only continues texts."""
    template, turn_end = _recognised(model.tokenizer.chat_template or "")
    stops = set(model.stop_token_ids)
    ids = model.tokenizer.ids
    stops |= {ids[token] for token in (turn_end,) if token in ids}
    prefix = _prefix(model)
    return {
        **template,
        "system_message": "" if template["name"] in _WITHOUT_SYSTEM else _default_system(model),
        "role_templates": dict(_ROLE_TEMPLATES),
        "add_role_after_system_message": template.get("add_role_after_system_message", True),
        "stop_str": [turn_end] if turn_end else [],
        "stop_token_ids": sorted(stops),
        **({"system_prefix_token_ids": prefix} if prefix else {}),
    }


def _recognised(jinja: str) -> tuple[Mapping[str, Any], str]:
    for sign, template, turn_end in _SIGNS:
        if sign in jinja:
            return template, turn_end
    return _PLAIN, ""


def _prefix(model: LanguageModel) -> list[int]:
    """The start token, where the tokenizer or the template puts it before a conversation."""
    start, template = model.tokenizer.start_id, model.tokenizer.chat_template
    if start is None:
        return []
    return [start] if model.tokenizer.adds_start or "bos_token" in (template or "") else []


def _default_system(model: LanguageModel) -> str:
    """What the publisher's template says where a conversation has no system message of its own."""
    found = _OWN_SYSTEM.search(model.tokenizer.chat_template or "")
    return found.group(1).strip() if found else _DEFAULT_SYSTEM
