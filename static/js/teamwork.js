/* Working on a case together: keeps what is typed, tells who else is there, counts down to sending.
   Everything here also works without it, by buttons. */
(() => {
  "use strict";

  const TYPED = 1200; // ms without a key before what is typed is kept
  const LOOK = 10000;
  const LOOK_WHILE_HELD = 2000;
  const SAY = 20000;
  const WRITING = 30000;

  const here = document.getElementById("here");
  const said = document.getElementById("here-said");
  let lastTyped = 0;
  let mark = here ? `"${here.dataset.mark}"` : "";

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function send(url, data, options = {}) {
    data.set("csrfmiddlewaretoken", token());
    return fetch(url, {
      method: "POST",
      body: data,
      headers: { "X-Quietly": "1" },
      credentials: "same-origin",
      ...options,
    });
  }

  /* What a form says, without its files: those have ways of their own. */
  function words(form, act) {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") {
        data.append(name, value);
      }
    }
    data.set("act", act);
    return data;
  }

  function drafted(place) {
    const form = place.closest("form");
    const state = form.querySelector("[data-draft-state]");
    const { keeps, insert, act } = place.dataset;
    let waits = 0;
    let under = null;
    let warning = ""; // of the text that was inserted last

    async function keep() {
      under = new AbortController();
      try {
        const answer = await send(keeps, words(form, act), { signal: under.signal });
        if (answer.ok && state) {
          state.textContent = [warning, (await answer.json()).said].filter(Boolean).join(" ");
        }
      } catch (error) {
        if (error.name !== "AbortError" && error.name !== "TypeError") {
          throw error;
        }
      }
    }

    form.addEventListener("input", () => {
      lastTyped = Date.now();
      clearTimeout(waits);
      waits = setTimeout(keep, TYPED);
    });
    // What is sent must not come back as a draft.
    form.addEventListener("submit", () => {
      clearTimeout(waits);
      if (under) {
        under.abort();
      }
    });

    const button = form.querySelector("[data-inserts]");
    const chosen = form.querySelector("select[name$=-canned]");
    const area = form.querySelector("textarea[name$=-body]");
    if (!button || !chosen || !area) {
      return;
    }
    button.addEventListener("click", async (event) => {
      if (!chosen.value) {
        return;
      }
      event.preventDefault();
      const answer = await send(insert, words(form, act));
      if (!answer.ok) {
        return;
      }
      const { text, said: told } = await answer.json();
      area.focus();
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      warning = told;
      if (state) {
        state.textContent = told;
      }
    });
  }

  document.querySelectorAll("[data-keeps]").forEach(drafted);

  /* Who else is there */

  function countDown() {
    const held = here.querySelector("[data-held]");
    if (!held) {
      return;
    }
    const text = held.querySelector("[data-held-text]");
    const end = Date.now() + Number(held.dataset.seconds) * 1000;
    const shown = () => {
      if (!held.isConnected) {
        return;
      }
      const left = Math.ceil((end - Date.now()) / 1000);
      text.textContent =
        left > 0 ? held.dataset.words.replace("SECONDS", left) : held.dataset.sending;
      if (left > 0) {
        setTimeout(shown, 250);
      }
    };
    shown();
  }

  async function look() {
    const url = `${here.dataset.presence}?seen=${here.dataset.seen}`;
    const answer = await fetch(url, { headers: { "If-None-Match": mark }, credentials: "same-origin" });
    if (answer.status !== 200 || answer.redirected) {
      return;
    }
    const found = answer.headers.get("ETag");
    if (found === mark) {
      return;
    }
    mark = found;
    here.innerHTML = await answer.text();
    said.textContent = [...here.querySelectorAll("p")]
      .filter((part) => !part.closest("[data-held]"))
      .map((part) => part.textContent.trim())
      .join(" ");
    countDown();
  }

  function sayThatHere() {
    const data = new FormData();
    data.set("writing", Date.now() - lastTyped < WRITING ? "1" : "0");
    data.set("seen", here.dataset.seen);
    return send(here.dataset.presence, data);
  }

  function every(act, pause) {
    const again = async () => {
      if (!document.hidden) {
        try {
          await act();
        } catch (error) {
          if (error.name !== "TypeError") {
            throw error;
          }
        }
      }
      setTimeout(again, pause());
    };
    return again;
  }

  if (here) {
    let saidTyped = 0;
    countDown();
    every(sayThatHere, () => SAY)();
    every(look, () => (here.querySelector("[data-held]") ? LOOK_WHILE_HELD : LOOK))();
    document.addEventListener("input", () => {
      // At the first key the others are told at once.
      if (Date.now() - saidTyped > WRITING && Date.now() - lastTyped < TYPED) {
        saidTyped = Date.now();
        sayThatHere();
      }
    });
    window.addEventListener("pagehide", () => {
      const data = new FormData();
      data.set("gone", "1");
      data.set("csrfmiddlewaretoken", token());
      navigator.sendBeacon(here.dataset.presence, data);
    });
  }

  /* In lists */

  const list = document.querySelector("[data-listed]");
  if (list) {
    const rows = new Map([...list.querySelectorAll("[data-here]")].map((row) => [row.dataset.here, row]));
    const lookAtAll = async () => {
      const answer = await fetch(`${list.dataset.listed}?cases=${[...rows.keys()].join(",")}`);
      if (answer.ok && !answer.redirected) {
        const found = await answer.json();
        rows.forEach((row, number) => {
          row.textContent = found[number] || "";
        });
      }
    };
    if (rows.size) {
      setTimeout(every(lookAtAll, () => LOOK), LOOK);
    }
  }
})();
