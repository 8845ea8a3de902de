/* Sends the files of a form in parts, so that a lost connection or a new page loses nothing.
   Without it the same input sends them with the form. See tickets/uploading.py for the protocol. */
(() => {
  "use strict";
  if (window.deskUpload) return;
  window.deskUpload = true;

  const PAUSES = [1, 2, 4, 8, 15, 30];
  const UNITS = ["B", "KB", "MB", "GB"];

  const sizeText = (bytes) => {
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return `${value.toLocaleString(document.documentElement.lang || undefined, {
      maximumFractionDigits: unit ? 1 : 0,
    })}\u00a0${UNITS[unit]}`;
  };

  const filled = (text, ...values) => values.reduce((done, value) => done.replace("%s", value), text);

  const online = (seconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, seconds * 1000);
      function done() {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        resolve();
      }
      window.addEventListener("online", done);
    });

  class Refused extends Error {
    constructor(told) {
      super(told.error || "");
      this.told = told;
    }
  }

  class Box {
    constructor(element) {
      this.element = element;
      this.form = element.closest("form");
      this.input = element.querySelector('input[type="file"]');
      this.list = element.querySelector("ul");
      this.told = element.querySelector("[data-told]");
      this.words = element.dataset;
      this.queue = Promise.resolve();
      this.underWay = 0;
      for (const one of element.querySelectorAll("[data-plain]")) one.hidden = true;
      for (const one of element.querySelectorAll("[data-script]")) one.hidden = false;
      for (const row of this.list.children) this.adopt(row);
      this.input.addEventListener("change", () => this.choose());
      this.form.addEventListener("submit", (event) => this.hold(event));
    }

    adopt(row) {
      row.button = row.querySelector("[data-remove]");
      row.button.hidden = false;
      row.button.addEventListener("click", () => this.remove(row));
    }

    choose() {
      for (const file of [...this.input.files]) {
        const row = this.unfinished(file) || this.newRow(file);
        row.file = file;
        row.isRemoved = false;
        this.say(row, this.words.tWaits);
        this.underWay += 1;
        this.queue = this.queue.then(() => this.send(row)).finally(() => {
          this.underWay -= 1;
          if (!this.underWay) this.told.hidden = true;
        });
      }
      // They go in parts; the form brings none of them.
      this.input.value = "";
    }

    unfinished(file) {
      return [...this.list.children].find(
        (row) =>
          row.dataset.url &&
          !("whole" in row.dataset) &&
          !row.file &&
          row.dataset.name === file.name &&
          Number(row.dataset.size) === file.size,
      );
    }

    newRow(file) {
      const row = this.element.querySelector("template").content.firstElementChild.cloneNode(true);
      row.querySelector(".upload__name").textContent = file.name;
      row.querySelector("[data-again]").textContent = file.name;
      row.querySelector("progress").setAttribute("aria-label", file.name);
      row.dataset.name = file.name;
      row.dataset.size = file.size;
      this.list.append(row);
      this.adopt(row);
      return row;
    }

    say(row, text, isWrong = false) {
      row.querySelector("[data-state]").textContent = text;
      row.classList.toggle("has-error", isWrong);
    }

    async send(row) {
      if (row.isRemoved) return;
      try {
        if (!row.dataset.url) await this.begin(row);
        else row.dataset.offset = (await this.ask(row, row.dataset.url)).offset;
        while (!row.isRemoved && !("whole" in row.dataset)) await this.part(row);
      } catch (error) {
        if (row.isRemoved) return;
        row.file = null;
        row.querySelector("progress").hidden = true;
        this.say(row, error.message || this.words.tFailed, true);
      }
    }

    async begin(row) {
      const told = await this.ask(row, this.words.begin, {
        name: row.file.name,
        size: row.file.size,
        draft: this.words.draft,
        case: this.words.case,
      });
      row.dataset.url = told.url;
      row.dataset.offset = told.offset;
      row.dataset.name = told.name;
      row.querySelector(".upload__name").textContent = told.name;
    }

    async part(row) {
      const offset = Number(row.dataset.offset);
      const end = Math.min(offset + Number(this.words.part), row.file.size);
      let told;
      try {
        told = await this.ask(row, row.dataset.url, { offset, part: row.file.slice(offset, end) });
      } catch (error) {
        if (!(error instanceof Refused) || error.told.code !== "wrong_offset") throw error;
        told = await this.ask(row, row.dataset.url);
      }
      this.show(row, told);
    }

    show(row, told) {
      const bar = row.querySelector("progress");
      row.dataset.offset = told.offset;
      bar.hidden = told.is_whole;
      bar.max = told.size;
      bar.value = told.offset;
      if (told.is_whole) row.dataset.whole = "";
      const size = sizeText(told.size);
      this.say(
        row,
        told.is_whole
          ? filled(this.words.tDone, size)
          : filled(this.words.tSending, sizeText(told.offset), size),
      );
    }

    /* Ask again until there is an answer: what was lost on the way is asked for by its offset. */
    async ask(row, url, fields) {
      for (let tries = 0; ; tries += 1) {
        let response;
        try {
          response = await fetch(url, this.request(fields));
        } catch {
          response = null;
        }
        if (row.isRemoved) return { offset: 0 };
        if (response && response.redirected) throw new Error(this.words.tSignedOut);
        if (response && response.status < 500) return this.read(response);
        this.say(row, this.words.tLost);
        await online(PAUSES[Math.min(tries, PAUSES.length - 1)]);
        if (row.isRemoved) return { offset: 0 };
        if (fields && "part" in fields) throw new Refused({ code: "wrong_offset" });
      }
    }

    request(fields) {
      const asked = { headers: { Accept: "application/json" }, credentials: "same-origin" };
      if (!fields) return asked;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      return { ...asked, method: "POST", body };
    }

    async read(response) {
      if (!(response.headers.get("Content-Type") || "").includes("json")) {
        throw new Error(this.words.tFailed);
      }
      const told = await response.json();
      if (!response.ok) throw new Refused(told);
      return told;
    }

    async remove(row) {
      row.isRemoved = true;
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      (next ? next.button : this.input).focus();
      if (!row.dataset.url) return;
      await fetch(`${row.dataset.url}remove/`, this.request({})).catch(() => {});
    }

    hold(event) {
      if (!this.underWay) return;
      event.preventDefault();
      this.told.textContent = this.words.tBusy;
      this.told.hidden = false;
      this.told.scrollIntoView({ block: "nearest" });
    }
  }

  for (const element of document.querySelectorAll("[data-upload]")) new Box(element);
})();
