/* A link in a letter chose a score: it is sent by itself, once somebody really looks at the page.
   Without this script the button does it. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-sends-itself]");
  if (!form) {
    return;
  }

  function send() {
    if (document.visibilityState !== "visible") {
      return;
    }
    document.removeEventListener("visibilitychange", send);
    // Going back leads to what was said, not to sending it again.
    history.replaceState(null, "", location.pathname);
    form.requestSubmit();
  }

  document.addEventListener("visibilitychange", send);
  send();
})();
