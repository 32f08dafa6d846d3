/** The conversation: what was said, how it is drawn, how an answer is streamed into it. */

import { element, secondsInWords, wordsOf } from "./words.js";

const SENTENCE_END = /[.!?…:]["')\]]*\s|\n/g;
const NEAR_THE_END_PX = 80;

export class Chat {
  #engine;
  #settings;
  #messages = [];
  #answering = null;
  #parts;

  /**
   * @param parts the page's elements by name
   * @param settings a function that gives {systemPrompt, temperature, maxTokens}
   */
  constructor(parts, settings) {
    this.#parts = parts;
    this.#settings = settings;
    parts.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(parts.prompt.value);
    });
    parts.prompt.addEventListener("keydown", (event) => {
      // While a word is being composed (Japanese, Chinese, Korean), Enter chooses it.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        parts.composer.requestSubmit();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#answering) this.stop();
    });
    parts.stop.addEventListener("click", () => this.stop());
  }

  use(engine) {
    this.#engine = engine;
  }

  clear() {
    this.stop();
    this.#messages = [];
    this.#answering = null;
    this.#parts.messages.replaceChildren();
    this.#parts.trouble.hidden = true;
    this.#parts.empty.hidden = false;
    this.#showAnswering(false);
    this.#parts.prompt.focus();
  }

  stop() {
    this.#engine?.interruptGenerate();
  }

  async send(text) {
    if (this.#answering || text.trim() === "") return;
    const { prompt, trouble, empty, messages } = this.#parts;
    prompt.value = "";
    trouble.hidden = true;
    empty.hidden = true;
    messages.append(messageItem("user", text).item);
    this.#messages.push({ role: "user", content: text });
    const answer = messageItem("assistant", "");
    answer.item.classList.add("writing");
    messages.append(answer.item);
    scrollTo(0, document.documentElement.scrollHeight);
    const turn = {};
    this.#answering = turn;
    this.#showAnswering(true);
    const result = { text: "", tokens: 0, start: performance.now(), first: 0, finish: "" };
    try {
      await this.#stream(answer, result, turn);
    } catch (error) {
      result.finish = "error";
      if (this.#answering === turn) this.#showTrouble(error);
    }
    if (this.#answering !== turn) return;
    this.#answering = null;
    answer.item.classList.remove("writing");
    this.#finish(answer, result);
    this.#showAnswering(false);
    prompt.focus();
  }

  async #stream(answer, result, turn) {
    const { systemPrompt, temperature, maxTokens } = this.#settings();
    const system = systemPrompt.trim() === "" ? [] : [{ role: "system", content: systemPrompt }];
    const chunks = await this.#engine.chat.completions.create({
      messages: [...system, ...this.#messages],
      stream: true,
      stream_options: { include_usage: true },
      temperature,
      max_tokens: maxTokens,
    });
    const speak = speaker(this.#parts.spoken);
    let drawn = 0;
    const draw = () => {
      drawn = 0;
      const atEnd = innerHeight + scrollY > document.documentElement.scrollHeight - NEAR_THE_END_PX;
      answer.text.textContent = result.text;
      if (atEnd) scrollTo(0, document.documentElement.scrollHeight);
    };
    for await (const chunk of chunks) {
      if (this.#answering !== turn) break;
      const choice = chunk.choices?.[0];
      const piece = choice?.delta?.content ?? "";
      if (piece !== "") {
        result.first ||= performance.now();
        result.last = performance.now();
        result.tokens += 1;
        result.text += piece;
        drawn ||= requestAnimationFrame(draw);
        speak(result.text, false);
      }
      result.finish = choice?.finish_reason ?? result.finish;
      result.tokens = chunk.usage?.completion_tokens ?? result.tokens;
    }
    cancelAnimationFrame(drawn);
    speak(result.text, true);
  }

  #finish(answer, result) {
    this.#messages.push({ role: "assistant", content: result.text });
    answer.text.replaceChildren(...withCodeBlocks(result.text));
    const words = [];
    if (result.tokens > 0) {
      words.push(`${result.tokens.toLocaleString("en")} ${result.tokens === 1 ? "token" : "tokens"}`);
      const seconds = (result.last - result.first) / 1000;
      if (result.tokens > 1 && seconds > 0) words.push(`${((result.tokens - 1) / seconds).toFixed(1)} tokens/s`);
      words.push(`first after ${firstInWords((result.first - result.start) / 1000)}`);
    }
    const ends = { abort: "stopped", length: "ended at the longest answer that is allowed" };
    if (ends[result.finish]) words.push(ends[result.finish]);
    answer.foot.append(element("span", { text: words.join(" · ") }));
    if (result.text !== "" && navigator.clipboard) {
      const copy = element("button", { className: "quiet", text: "Copy" });
      copy.type = "button";
      copy.setAttribute("aria-label", "Copy the answer");
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(result.text);
        copy.textContent = "Copied";
      });
      answer.foot.append(copy);
    }
  }

  #showAnswering(yes) {
    this.#parts.send.hidden = yes;
    this.#parts.stop.hidden = !yes;
    this.#parts.messages.setAttribute("aria-busy", String(yes));
  }

  #showTrouble(error) {
    const words = wordsOf(error);
    const full = /context|kv.?cache/i.test(words);
    this.#parts.trouble.textContent = full
      ? `The conversation has become longer than the model can read at once. Begin a new chat.\n(${words})`
      : `The answer broke off: ${words}`;
    this.#parts.trouble.hidden = false;
  }
}

function firstInWords(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : secondsInWords(seconds);
}

function messageItem(role, content) {
  const item = element("li", { className: `message ${role}` });
  item.append(element("span", { className: "who", text: role === "user" ? "You" : "Model" }));
  const text = element("div", { className: "text", text: content });
  const foot = element("div", { className: "foot" });
  item.append(text, foot);
  return { item, text, foot };
}

/** Text between three backticks becomes a block; all else stays as the model wrote it. */
function withCodeBlocks(text) {
  return text.split(/^```[^\n]*\n?/m).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const block = element("pre");
    block.tabIndex = 0;
    block.append(element("code", { text: part.replace(/\n$/, "") }));
    return block;
  });
}

/** Gives whole sentences to the live region, so that a screen reader says an answer once and in pieces of sense. */
function speaker(region) {
  let said = 0;
  region.textContent = "";
  return (text, ended) => {
    let end = said;
    SENTENCE_END.lastIndex = said;
    for (let match = SENTENCE_END.exec(text); match !== null; match = SENTENCE_END.exec(text)) {
      end = SENTENCE_END.lastIndex;
    }
    if (ended) end = text.length;
    if (end === said) return;
    region.textContent = text.slice(said, end).trim();
    said = end;
  };
}
