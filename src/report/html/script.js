"use strict";
(() => {
  const each = (selector, work, root = document) => root.querySelectorAll(selector).forEach(work);

  // Wide tables scroll by themselves, so that the page never does.
  each("main table:not(.bars):not(.bounds):not(.kv)", (table) => {
    if (table.parentElement.closest("table")) return;
    const box = document.createElement("div");
    box.className = "wide";
    table.before(box);
    box.append(table);
  });

  // How much is left of a deadline; past ones say so.
  const words = (ms) => {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    const span = days >= 4 ? `${days} days` : hours >= 1 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
    return [span, ms >= 0 ? " left" : " over"];
  };
  const tick = () => each("[data-left]", (node) => {
    const [span, state] = words(Date.parse(node.dataset.left) - Date.now());
    const small = document.createElement("small");
    small.textContent = state;
    node.replaceChildren(span, small);
  });
  tick();
  setInterval(tick, 30000);

  // Sorting: numbers by their data-value, words by the alphabet.
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    const text = cell.dataset.value ?? cell.textContent.trim();
    const number = Number(text.replace(/,/g, ""));
    return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
  };
  each("table[data-sort]", (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const isNumber = head.classList.contains("num");
        const was = head.getAttribute("aria-sort");
        const down = was ? was === "ascending" : isNumber;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          const order = typeof x === typeof y ? (x < y ? -1 : x > y ? 1 : 0) : typeof x === "number" ? 1 : -1;
          return down ? -order : order;
        });
        table.tBodies[0].append(...rows);
      });
    });
  });

  // Filtering: only where a table is long enough to need it.
  each("table[data-filter]", (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 8) return;
    const field = document.createElement("input");
    field.type = "search";
    field.className = "filter";
    field.placeholder = table.dataset.filter;
    field.setAttribute("aria-label", table.dataset.filter);
    (table.closest(".wide") ?? table).before(field);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
    });
  });

  // Folding: a long table shows its first rows, and the rest on demand.
  each("table[data-fold]", (table) => {
    const rows = [...table.tBodies[0].rows];
    const shown = Number(table.dataset.fold);
    if (rows.length <= shown + 3) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more";
    button.textContent = `Show all ${rows.length} rows`;
    rows.slice(shown).forEach((row) => row.classList.add("folded"));
    button.addEventListener("click", () => {
      rows.forEach((row) => row.classList.remove("folded"));
      button.remove();
    });
    (table.closest(".wide") ?? table).after(button);
  });

  // A link to folded details opens them; printing opens all and folds again what was folded.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));

  // The contents follow the reader.
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...document.querySelectorAll("main section")].filter((section) => links.has(section.id));
  let pending = false;
  const follow = () => {
    pending = false;
    const here = sections.filter((section) => section.getBoundingClientRect().top < 160).pop() ?? sections[0];
    links.forEach((link, id) => link.classList.toggle("here", id === here.id));
  };
  addEventListener("scroll", () => {
    if (!pending) {
      pending = true;
      requestAnimationFrame(follow);
    }
  }, { passive: true });
  follow();
})();
