/* The queue: ticking many rows at once, and saying what is new. All of it also works without. */
(() => {
  "use strict";

  const LOOK = 15000; // ms between two looks for news
  const boxes = [...document.querySelectorAll("[data-pick]")];

  /* Ticks: shift takes the rows between, and the bar says how many there are. */

  const bar = document.getElementById("many");
  if (bar && boxes.length) {
    const count = bar.querySelector("[data-picked]");
    const change = bar.querySelector("[data-change]");
    const all = document.querySelector("[data-pick-all]");
    const allBox = all.querySelector("input");
    let last = null;

    const tell = () => {
      const picked = boxes.filter((box) => box.checked).length;
      count.textContent =
        picked === 0
          ? ""
          : picked === 1
            ? count.dataset.one
            : count.dataset.more.replace("NUMBER", picked);
      change.hidden = picked === 0;
      bar.classList.toggle("is-up", picked > 0);
      allBox.checked = picked === boxes.length;
      allBox.indeterminate = picked > 0 && picked < boxes.length;
      boxes.forEach((box) => box.closest("[data-row]").classList.toggle("is-picked", box.checked));
    };

    boxes.forEach((box, place) => {
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last !== null) {
          const [first, end] = [last, place].sort((one, other) => one - other);
          boxes.slice(first, end + 1).forEach((between) => {
            between.checked = box.checked;
          });
        }
        last = place;
      });
      box.addEventListener("change", tell);
    });
    allBox.addEventListener("change", () => {
      boxes.forEach((box) => {
        box.checked = allBox.checked;
      });
      tell();
    });
    all.hidden = false;
    // What a browser ticks again by itself on the way back is counted too.
    window.addEventListener("pageshow", tell);
    tell();
  }

  /* News: said beside the list, which stays as it is until somebody asks for it. */

  const news = document.querySelector("[data-news]");
  if (news) {
    const link = news.querySelector("[data-news-link]");
    let mark = "";

    const look = async () => {
      const answer = await fetch(news.dataset.news, {
        headers: mark ? { "If-None-Match": mark } : {},
        credentials: "same-origin",
      });
      if (answer.status !== 200 || answer.redirected) {
        return;
      }
      mark = answer.headers.get("ETag") || "";
      const said = (await answer.json()).news;
      link.hidden = !said;
      link.textContent = said ? link.dataset.words.replace("NEWS", said) : "";
    };

    const again = async () => {
      if (!document.hidden) {
        try {
          await look();
        } catch (error) {
          // Offline, or on the way to another page.
          if (error.name !== "TypeError") {
            throw error;
          }
        }
      }
      setTimeout(again, LOOK);
    };
    setTimeout(again, LOOK);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        look().catch(() => {});
      }
    });
  }

  /* Undoing is offered for as long as it can be. */

  const undo = document.querySelector("[data-undo]");
  if (undo) {
    setTimeout(() => {
      undo.hidden = true;
    }, Number(undo.dataset.undo) * 1000);
  }
})();
