// Loads a page's main part anew every so many seconds, as `data-live` says. Without it the page is whole, too.
"use strict";
(() => {
  const seconds = Number(document.querySelector("main").dataset.live);
  let paused = false;

  function offerPause() {
    const button = document.querySelector("button[data-pause]");
    if (!button) return;
    button.hidden = false;
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    button.addEventListener("click", () => {
      paused = !paused;
      button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    });
  }

  async function renew() {
    const main = document.querySelector("main");
    const isTyped = [...main.querySelectorAll("input")].some((each) => each.value !== each.defaultValue || each.checked !== each.defaultChecked);
    if (paused || isTyped || document.hidden || (main.contains(document.activeElement) && document.activeElement !== document.body)) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const open = [...main.querySelectorAll("details")].map((each) => each.open);
      main.replaceChildren(...page.querySelector("main").childNodes);
      main.querySelectorAll("details").forEach((each, place) => { each.open = open[place] || false; });
      offerPause();
    } catch {
      // The hub is away for a moment: what was read stays, and the next turn tries again.
    }
  }

  offerPause();
  setInterval(renew, seconds * 1000);
})();
