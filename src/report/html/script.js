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
    const state = ms >= 0 ? "left" : "over";
    if (days >= 4) return [`${days} days`, ` ${state}`];
    return hours >= 1 ? [`${hours} h`, ` ${minutes % 60} min ${state}`] : [`${minutes} min`, ` ${state}`];
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

  // What a link `#list:facet=value` asks of a list: the facet and the value.
  const askedOf = (list, facets) => {
    const asked = /^#(\w+):(\w+)=(.*)$/.exec(location.hash);
    return asked && asked[1] === list && Object.hasOwn(facets, asked[2]) ? [asked[2], decodeURIComponent(asked[3])] : null;
  };
  const bring = (node) => {
    node.scrollIntoView();
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  };

  // Items: every number leads here with `#items:facet=value`. Rows are made from the page's data as text, never as markup.
  const view = document.getElementById("item-view");
  if (view) {
    const data = JSON.parse(document.getElementById("item-data").textContent);
    const [ID, PATH, CLASS, MEDIA, BYTES, MEMBER, OUTCOME, FAULTS, KINDS, MASKS, CONTROLLER, YEAR] = Array(12).keys();
    const STEP = 100;
    const table = document.getElementById("item-table");
    const state = document.getElementById("item-state");
    const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
    const size = (n) => {
      const units = ["B", "kB", "MB", "GB", "TB"];
      let at = 0;
      for (; n >= 999.5 && at < 4; at += 1) n /= 1000;
      return `${at && n < 9.95 ? n.toFixed(1) : Math.round(n)} ${units[at]}`;
    };
    const facets = {
      all: [() => true, () => ""],
      class: [(row, v) => row[CLASS] === v, (v) => data.classes[v] ?? v],
      kind: [(row, v) => row[KINDS].some(([kind]) => kind === v), (v) => `with: ${data.kinds[v] ?? v}`],
      fault: [(row, v) => row[FAULTS].includes(v), (v) => data.faults[v] ?? v],
      outcome: [(row, v) => row[OUTCOME] === v, (v) => v],
      media: [(row, v) => row[MEDIA] === v, (v) => v],
      controller: [(row, v) => row[CONTROLLER] === v, (v) => `controller ${data.controllers[v] ?? v}`],
      id: [(row, v) => row[ID] === v, (v) => v],
      year: [(row, v) => String(row[YEAR]) === v, (v) => `of ${v}`],
      member: [(row) => row[MEMBER], () => "inside containers"],
      found: [(row) => row[KINDS].length > 0, () => "with personal data"],
    };
    const make = (name, text, className) => {
      const node = document.createElement(name);
      if (text !== undefined) node.textContent = text;
      if (className) node.className = className;
      return node;
    };
    const line = (row) => {
      const tr = make("tr");
      const id = make("td");
      id.append(make("code", row[ID], "id"));
      if (row[PATH] !== null) id.append(" ", make("span", row[PATH], "path"));
      const media = make("td", row[MEDIA]);
      if (row[MEMBER]) media.append(" ", make("span", "in a container", "soft"));
      const outcome = make("td", row[OUTCOME]);
      if (row[FAULTS].length) outcome.append(" ", make("span", row[FAULTS].join(", "), "soft"));
      const found = make("td", undefined, "where");
      const masks = new Map(row[MASKS]);
      row[KINDS].forEach(([kind, count], at) => {
        if (at) found.append(", ");
        found.append((data.kinds[kind] ?? kind).toLowerCase() + (count > 1 ? ` ${count}` : ""));
        if (masks.has(kind)) found.append(" ", make("span", masks.get(kind), "mask"));
      });
      tr.append(id, make("td", data.classes[row[CLASS]] ?? row[CLASS]), media, make("td", size(row[BYTES]), "num"), outcome, found);
      return tr;
    };
    const keys = [ID, CLASS, MEDIA, BYTES, OUTCOME, null];
    let [facet, wanted, words, shown, order] = ["all", "", "", 25, null];
    const field = make("input", undefined, "filter");
    field.type = "search";
    field.placeholder = "Filter items";
    field.setAttribute("aria-label", "Filter items");
    const more = make("button", "", "more");
    more.type = "button";
    const draw = () => {
      const [fits, title] = facets[facet];
      const text = (row) => [row[ID], row[PATH], data.classes[row[CLASS]], row[MEDIA], row[OUTCOME], ...row[FAULTS],
        ...row[KINDS].map(([kind]) => data.kinds[kind] ?? kind), ...row[MASKS].map(([, mask]) => mask)].join(" ").toLowerCase();
      const rows = data.rows.filter((row) => fits(row, wanted) && (!words || text(row).includes(words)));
      if (order) {
        const [at, down] = order;
        const key = (row) => at === KINDS ? row[KINDS].reduce((sum, [, count]) => sum + count, 0) : row[at];
        rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (down ? -1 : 1));
      }
      table.tBodies[0].replaceChildren(...rows.slice(0, shown).map(line));
      state.replaceChildren();
      const name = title(wanted);
      if (facet !== "all") {
        state.append(make("b", name), " ");
      }
      state.append(`${grouped(rows.length)} ${rows.length === 1 ? "item" : "items"}${data.rows.length < data.total ? " in this page" : ""}`);
      if (facet === "id" && !rows.length) {
        state.append(" The item is not in this page; ", make("code", "breachscope explain CASE ID"), " tells it.");
      }
      if (facet !== "all") {
        const clear = make("a", "show all");
        clear.href = "#items:all=";
        state.append(" ", clear);
      }
      more.hidden = rows.length <= shown;
      more.textContent = `Show ${grouped(Math.min(STEP, rows.length - shown))} more of ${grouped(rows.length)}`;
    };
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const down = was ? was === "ascending" : column === 3 || column === 5;
        each("th", (other) => other.removeAttribute("aria-sort"), table.tHead);
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        order = [keys[column] ?? KINDS, down];
        draw();
      });
    });
    field.addEventListener("input", () => {
      words = field.value.trim().toLowerCase();
      shown = 25;
      draw();
    });
    more.addEventListener("click", () => {
      shown += STEP;
      draw();
    });
    const go = () => {
      const asked = askedOf("items", facets);
      if (!asked) return;
      [facet, wanted, words, shown] = [...asked, "", STEP];
      field.value = "";
      draw();
      bring(document.getElementById("items"));
    };
    view.prepend(field);
    view.append(more);
    view.hidden = false;
    draw();
    addEventListener("hashchange", go);
    go();
  }

  // People: their numbers lead here with `#people:facet=value`.
  const people = document.getElementById("persons");
  if (people) {
    const table = document.getElementById("person-table");
    const rows = [...table.tBodies[0].rows];
    const facets = {
      all: [() => true, () => ""],
      country: [(row, v) => row.dataset.country === v, (v) => `country ${v}`],
      band: [(row, v) => row.dataset.band === v, (v) => `severity ${v.replaceAll("_", " ")}`],
      minor: [(row, v) => row.dataset.minor === v, () => "under age"],
      combination: [(row, v) => row.dataset.combination === v, (v) => `combination ${v}`],
      kind: [(row, v) => row.dataset.kind.includes(`|${v}|`), (v) => `with: ${v}`],
    };
    const state = document.getElementById("person-state");
    const go = () => {
      const asked = askedOf("people", facets);
      if (!asked) return;
      const [facet, wanted] = asked;
      const [fits, title] = facets[facet];
      let count = 0;
      rows.forEach((row) => {
        row.hidden = !fits(row, wanted);
        row.classList.remove("folded");
        count += row.hidden ? 0 : 1;
      });
      each(".more", (button) => button.remove(), people);
      const name = document.createElement("b");
      name.textContent = title(wanted);
      const clear = document.createElement("a");
      clear.href = "#people:all=";
      clear.textContent = "show all";
      state.replaceChildren(name, ` ${count} ${count === 1 ? "person" : "people"} in this page. `, clear);
      people.open = true;
      bring(people);
    };
    addEventListener("hashchange", go);
    go();
  }

  // A link to folded details opens them; printing opens all and folds again what was folded.
  const unfold = () => {
    const target = location.hash && !location.hash.includes(":") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
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
