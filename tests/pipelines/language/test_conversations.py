"""What WebLLM joins from a ``conv_template`` is what the publisher's own template writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.language.conversations import conversation_template
from pipelines.language.model_folder import open_model
from tests import language
from tests.pipelines.language import networks

LLAMA_3 = "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>"
CHATML = "<|im_start|>{}\n{}<|im_end|>\n"


def template_of(
    folder: Path, jinja: str | None, tokens: tuple[str, ...] = (), **settings: object
) -> dict[str, Any]:
    """The template for a model whose publisher's is this one; with further tokens of a meaning of their own."""
    steps = json.loads(json.dumps(language.tokenizer_json()))
    for number, token in enumerate(tokens):
        steps["added_tokens"].append({"id": 384 + number, "content": token, "special": True})
    networks.write(folder, "llama")
    (folder / "tokenizer.json").write_text(json.dumps(steps))
    roles = {"bos_token": language.SPECIAL[0], "eos_token": language.SPECIAL[3]}
    (folder / "tokenizer_config.json").write_text(json.dumps({**roles, "chat_template": jinja, **settings}))
    return conversation_template(open_model(folder))


def joined(template: dict[str, Any], messages: list[tuple[str, str]], system: str | None = None) -> str:
    """A conversation as WebLLM 0.2.85 joins it (``Conversation.getPromptArrayInternal``), up to the answer."""
    system_text = template["system_template"].replace(
        "{system_message}", template["system_message"] if system is None else system
    )
    text = system_text
    for number, (role, content) in enumerate(messages):
        bare = template["add_role_after_system_message"] is False and system_text and number == 0
        start = "" if bare else template["roles"][role] + template["role_content_sep"]
        said = template["role_templates"][role].replace("{" + role + "_message}", content)
        text += start + said + template["seps"][number % len(template["seps"])]
    return str(text + template["roles"]["assistant"] + template["role_empty_sep"])


def test_chatml_with_the_publishers_own_system_message(tmp_path: Path) -> None:
    jinja = "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are Qwen, made by A. You help.<|im_end|>\\n' }}"
    template = template_of(tmp_path / "model", jinja)
    assert template["name"] == "chatml"
    assert joined(template, [("user", "Hi")]) == (
        CHATML.format("system", "You are Qwen, made by A. You help.")
        + CHATML.format("user", "Hi")
        + "<|im_start|>assistant\n"
    )


def test_the_small_llama_is_asked_as_it_was_trained(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", language.CHAT_TEMPLATE)
    asked = joined(template, [("user", "What does the cow say?")])
    assert "<|begin_of_text|>" + asked == language.conversation(
        "What does the cow say?", system=language.SYSTEM
    )
    assert template["system_prefix_token_ids"] == [380]


def test_llama_3_and_its_turns(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", "{{ '<|start_header_id|>' }}", ("<|eot_id|>",))
    said = joined(template, [("user", "Hi"), ("assistant", "Ho"), ("user", "He")], system="Be brief.")
    assert said == (
        LLAMA_3.format("system", "Be brief.")
        + LLAMA_3.format("user", "Hi")
        + LLAMA_3.format("assistant", "Ho")
        + LLAMA_3.format("user", "He")
        + "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    assert template["stop_token_ids"] == [383, 384]


def test_gemma_calls_itself_model_and_has_no_system_message(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", "{{ bos_token }}<start_of_turn>")
    assert (
        joined(template, [("user", "Hi")]) == "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n"
    )


def test_tiny_llama(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", "{{ '<|user|>\n' + message['content'] + eos_token }}")
    expected = "<|system|>\nS</s>\n<|user|>\nHi</s>\n<|assistant|>\n"
    assert joined(template, [("user", "Hi")], system="S") == expected


def test_llama_2_puts_the_system_message_into_the_first_turn(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", "{{ bos_token + '[INST] ' }}")
    assert joined(template, [("user", "Hi")], "S") == "[INST] <<SYS>>\nS\n<</SYS>>\n\nHi [/INST] "
    assert "system_prefix_token_ids" in template


@pytest.mark.parametrize("jinja", [None, "{{ something_else }}"])
def test_a_model_without_a_template_that_is_known_only_continues(tmp_path: Path, jinja: str | None) -> None:
    template = template_of(tmp_path / "model", jinja)
    assert template["name"] == "LM"
    assert joined(template, [("user", "Once upon")]) == "Once upon"


def test_there_is_no_start_token_where_the_publisher_puts_none(tmp_path: Path) -> None:
    template = template_of(tmp_path / "model", "<|im_start|>", add_bos_token=False)
    assert "system_prefix_token_ids" not in template
