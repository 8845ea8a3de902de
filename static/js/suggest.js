/* Looks for articles while the subject of a case is typed. Without it they are shown on the next
   step. Nothing here sends or keeps anything. */
(() => {
  "use strict";

  const PAUSE = 350; // ms without a key before it looks
  const SHORTEST = 4;

  const place = document.querySelector("[data-suggest]");
  const subject = document.getElementById("id_subject");
  if (!place || !subject) {
    return;
  }
  const said = document.querySelector("[data-suggest-said]");
  const form = subject.form;
  const product = form.querySelector("[name=product]");
  const solved = document.getElementById("solved-form");
  let waits = 0;
  let asked = "";
  let under = null;

  function looked() {
    if (form.querySelector("[name=looked]")) {
      return;
    }
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "looked";
    field.value = "1";
    form.append(field);
  }

  function show(part) {
    const open = place.contains(document.activeElement);
    if (open) {
      return; // never takes away what somebody is about to press
    }
    place.innerHTML = part.trim();
    const count = place.querySelector("[data-count]");
    said.textContent = count ? count.textContent : "";
    if (count) {
      looked();
    }
  }

  async function look() {
    const words = subject.value.trim();
    const query = new URLSearchParams({ subject: words, product: product ? product.value : "" });
    if (query.toString() === asked) {
      return;
    }
    asked = query.toString();
    solved.querySelector("[data-subject]").value = words;
    solved.querySelector("[data-product]").value = product ? product.value : "";
    if (words.length < SHORTEST) {
      show("");
      return;
    }
    if (under) {
      under.abort();
    }
    under = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.suggest}?${query}`, {
        headers: { "HX-Request": "true" },
        credentials: "same-origin",
        signal: under.signal,
      });
      if (answer.ok && !answer.redirected) {
        show(await answer.text());
      }
    } catch (error) {
      if (error.name !== "AbortError" && error.name !== "TypeError") {
        throw error;
      }
    }
  }

  function soon() {
    clearTimeout(waits);
    waits = setTimeout(look, PAUSE);
  }

  subject.addEventListener("input", soon);
  if (product) {
    product.addEventListener("change", soon);
  }
  if (subject.value) {
    look();
  }
})();
