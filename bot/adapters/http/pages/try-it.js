"use strict";

/* The try-it chat: send a comment, show what the bot made of it, wait for the reply. Texts only ever become text
   nodes. One conversation lasts as long as the page is open. */

const GROUPS = ["positive", "negative", "neutral", "ambiguous"];
const BOT_NOTICE = /\n\n(\([^()\n]*\bbot\b[^()\n]*\))$/;
const WAIT_SECONDS = 15;
const KEY = "solace-api-key";
const HELP = "Write as if the bot sat in your group chat.\n"
  + "/optout: it reads nothing more that you write here\n"
  + "/optin: it reads again";
const NOT_SENT = {
  expired: "The reply was ready too late, so it was not sent.",
  cancelled: "The reply was held back.",
  pending: "The reply takes longer than it should. It may still be on its way.",
};

const conversation = newConversation();
const part = (id) => document.getElementById(id);
const [log, announcer, composer, text, send] = ["log", "announcer", "composer", "text", "send"].map(part);

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  say(text.value);
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});
text.addEventListener("input", fit);
part("key-later").addEventListener("click", () => part("key-dialog").close());
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => say(chip.textContent));
}

function newConversation() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing where the page came over plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function say(words) {
  if (!words.trim() || send.disabled) return;
  busy(true);
  const exchange = begin(words);
  try {
    await (words.startsWith("/") ? command(words, exchange) : comment(words, exchange));
    if (text.value === words) text.value = "";
  } catch (trouble) {
    if (!text.value) text.value = words;
    settle(exchange, [paragraph("trouble", trouble.message)], trouble.message);
  } finally {
    fit();
    busy(false);
    text.focus({ preventScroll: true });
  }
}

async function comment(words, exchange) {
  const started = performance.now();
  const verdict = await ask("POST", "/try/messages", { conversation, text: words });
  const read = performance.now() - started;
  if (!verdict.reply_pending) {
    settle(exchange, [paragraph("bubble quietly", "Solace stays quiet."), why(verdict, read)], `Solace stays quiet. ${verdict.explanation}`);
    return;
  }
  const address = `/try/replies/${verdict.message_id}?conversation=${conversation}&wait=${WAIT_SECONDS}`;
  const reply = await ask("GET", address);
  const answered = performance.now() - started;
  const said = verdict.reason === "crisis" ? serious : spoken;
  const bubble = reply.text ? said(reply.text) : paragraph("bubble quietly", NOT_SENT[reply.state] ?? NOT_SENT.cancelled);
  settle(exchange, [bubble, why(verdict, answered)], `Solace: ${bubble.textContent} Why: ${verdict.explanation}`);
}

async function command(words, exchange) {
  const answers = {
    "/optout": "Understood. From now on nothing you write here is read or kept. /optin undoes it.",
    "/optin": "Thank you. What you write here is read again.",
    "/help": HELP,
  };
  const name = words.trim().toLowerCase();
  if (name === "/optout") await ask("PUT", "/try/optout", { conversation });
  if (name === "/optin") await ask("DELETE", "/try/optout", { conversation });
  const answer = answers[name] ?? "That command is not known here. /help lists those that are.";
  settle(exchange, [paragraph("bubble quietly", answer)], answer);
}

/* Talking to the server. Every failure becomes an Error whose message a person can use. */

async function ask(method, address, body) {
  const headers = { Accept: "application/json" };
  const key = sessionStorage.getItem(KEY);
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Error("Solace cannot be reached. Your words are still in the box; try again when it is back.");
  }
  if (response.status === 401 && (await askForKey(Boolean(key)))) return ask(method, address, body);
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(await problem(response));
  return response.json();
}

async function problem(response) {
  if (response.status === 401) return "This installation asks for a key.";
  try {
    const found = await response.json();
    const fields = (found.errors ?? []).map((error) => `${error.field} ${error.detail}.`);
    return [found.detail, ...fields].join(" ");
  } catch {
    return "Solace could not do that. Try again in a moment.";
  }
}

function askForKey(refused) {
  const dialog = part("key-dialog");
  const input = part("key");
  part("key-title").textContent = refused ? "That key is not known here" : "This installation asks for a key";
  input.value = "";
  dialog.returnValue = "";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const given = dialog.returnValue === "use" && /^[!-~]+$/.test(input.value);
      if (given) sessionStorage.setItem(KEY, input.value);
      resolve(given);
    }, { once: true });
    dialog.showModal();
    input.focus();
  });
}

/* Drawing. */

function begin(words) {
  document.body.classList.add("talking");
  for (const open of log.querySelectorAll("details[open]")) open.open = false;
  const exchange = copy("exchange-template");
  exchange.querySelector(".mine").textContent = words;
  exchange.querySelector(".answer").append(copy("waiting-template"));
  log.append(exchange);
  toEnd();
  return exchange;
}

function settle(exchange, parts, announcement) {
  exchange.querySelector(".answer").replaceChildren(...parts);
  announcer.textContent = announcement;
  requestAnimationFrame(() => {
    for (const fill of exchange.querySelectorAll(".fill")) fill.style.width = fill.dataset.width;
    toEnd();
  });
}

function spoken(words) {
  const [phrase, aside] = words.split(BOT_NOTICE);
  const bubble = paragraph("bubble bot", phrase);
  if (aside) bubble.append(element("span", "aside", aside));
  return bubble;
}

function serious(words) {
  const card = element("section", "serious");
  card.setAttribute("aria-label", "A word on this");
  card.append(...words.split("\n\n").map((each) => paragraph("", each)));
  return card;
}

function why(verdict, milliseconds) {
  const card = copy("why-template");
  card.querySelector(".why-reason").textContent = verdict.explanation;
  if (verdict.scores) card.querySelector(".bars").append(...GROUPS.map((name) => bar(name, verdict.scores[name], verdict.label)));
  card.querySelector(".emotions").append(...verdict.emotions.map(emotion));
  const reading = verdict.model ? `read in ${precise(verdict.milliseconds)}\u00a0ms by ${verdict.model}` : "not read by the model";
  const outcome = verdict.reply_pending ? "answered" : "decided";
  card.querySelector(".fine").textContent = `${reading} · ${outcome} after ${precise(milliseconds)}\u00a0ms`;
  return card;
}

function bar(name, share, label) {
  const row = element("div", name === label ? `${name} chosen` : name);
  const value = element("dd");
  const track = element("span", "track");
  const fill = element("span", "fill");
  fill.dataset.width = `${(share * 100).toFixed(1)}%`;
  track.append(fill);
  value.append(track, element("span", "share", percent(share)));
  row.append(element("dt", "", name), value);
  return row;
}

function emotion({ name, score }) {
  const chip = element("span", "emotion", `${name} `);
  chip.append(element("b", "", percent(score)));
  return chip;
}

function percent(share) {
  return `${Math.round(share * 100)}%`;
}

function precise(milliseconds) {
  return milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds).toString();
}

function paragraph(kind, words) {
  return element("p", kind, words);
}

function element(tag, kind = "", words = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (words) made.textContent = words;
  return made;
}

function copy(id) {
  return part(id).content.firstElementChild.cloneNode(true);
}

function busy(waiting) {
  send.disabled = waiting;
  for (const chip of document.querySelectorAll(".chip")) chip.disabled = waiting;
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function toEnd() {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: still ? "instant" : "smooth" });
}
