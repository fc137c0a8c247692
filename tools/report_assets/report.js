// The script of report.html: draws the two pictures, filters the table, opens rows. Everything it shows is set as text or as an
// attribute, never parsed as markup, and no style attribute is written (the page's policy forbids inline styles).
import { axisBottom } from "d3-axis";
import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import { scalePoint, scaleUtc } from "d3-scale";
import { select } from "d3-selection";
import { symbol, symbolCircle, symbolDiamond, symbolSquare } from "d3-shape";

document.documentElement.classList.add("js");
const data = JSON.parse(document.getElementById("pictures").textContent);
const WORDS = { clear: "unencrypted", shut: "encrypted", unknown: "protection unknown" };
const SHAPES = { clear: symbolDiamond, shut: symbolCircle, unknown: symbolSquare };

/** `text` cut to about `width` pixels of the page's small type. */
function cut(text, width) {
  const most = Math.max(4, Math.floor(width / 6.4));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function drawing(place, width, height, label) {
  const svg = select(place).html("").append("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
  svg.attr("role", "img").attr("aria-label", label);
  return svg;
}

function drawSankey(place) {
  const { nodes, links } = data.sankey;
  if (!links.length) return place.remove();
  const width = Math.floor(place.clientWidth);
  const tallest = Math.max(...[0, 1, 2].map((column) => nodes.filter((n) => n.column === column).length));
  const height = Math.max(150, tallest * (width < 600 ? 34 : 40));
  const svg = drawing(place, width, height, "Bands from each kind of data to its recipient and on to the country. The table below says the same.");
  const graph = sankey()
    .nodeWidth(6)
    .nodePadding(18)
    .nodeSort(null)
    .linkSort(null)
    .nodeAlign((node) => node.column)
    .extent([[0, 10], [width, height - 10]])({ nodes: nodes.map((n) => ({ ...n })), links: links.map((l) => ({ ...l })) });
  const bands = svg.append("g").attr("class", "bands").selectAll("path").data(graph.links).join("path");
  bands.attr("d", sankeyLinkHorizontal()).attr("class", (l) => `band ${l.way}`).attr("stroke-width", (l) => Math.max(1.5, l.width));
  bands.append("title").text((l) => `${l.source.name} → ${l.target.name}: ${l.value}, ${WORDS[l.way]}`);
  const node = svg.append("g").selectAll("g").data(graph.nodes).join("g");
  node.append("rect").attr("class", "node").attr("x", (n) => n.x0).attr("y", (n) => n.y0).attr("width", 6)
    .attr("height", (n) => Math.max(2, n.y1 - n.y0));
  const half = width / 2 - 24;
  const longest = Math.max(...nodes.filter((n) => n.column === 2).map((n) => n.name.length));
  const right = Math.min(longest * 6.4 + 7, half * 0.45);
  const room = [half, half - right, right];
  const label = node.append("text").attr("class", "label").attr("y", (n) => (n.y0 + n.y1) / 2).attr("dy", "0.35em");
  label.attr("x", (n) => (n.column === 2 ? n.x0 - 7 : n.x1 + 7)).attr("text-anchor", (n) => (n.column === 2 ? "end" : "start"));
  label.text((n) => cut(n.name, room[n.column]));
}

function drawTimeline(place) {
  const { lanes, marks } = data.timeline;
  if (!marks.length) {
    place.textContent = "The input gives no times.";
    return;
  }
  const width = Math.floor(place.clientWidth);
  const step = width < 600 ? 42 : 38;
  const height = lanes.length * step + 42;
  const svg = drawing(place, width, height, "One line per recipient, a mark for each time something was sent to it. The table below gives the first and last time.");
  const times = marks.map((m) => m.at);
  let [first, last] = [Math.min(...times), Math.max(...times)];
  if (last - first < 1000) [first, last] = [first - 30000, last + 30000];
  const x = scaleUtc([first, last], [26, width - 26]);
  const y = scalePoint(lanes.map((_, i) => i), [step * 0.72, (lanes.length - 1) * step + step * 0.72]);
  const lane = svg.append("g").selectAll("g").data(lanes).join("g");
  lane.append("line").attr("class", "lane").attr("x1", 0).attr("x2", width).attr("y1", (_, i) => y(i)).attr("y2", (_, i) => y(i));
  lane.append("text").attr("class", "label").attr("x", 0).attr("y", (_, i) => y(i) - 12).text((name) => cut(name, width));
  const mark = svg.append("g").selectAll("path").data([...marks].sort((a, b) => (a.way === "clear") - (b.way === "clear"))).join("path");
  mark.attr("class", (m) => `mark ${m.way}`).attr("transform", (m) => `translate(${x(m.at)},${y(m.lane)})`);
  mark.attr("d", (m) => symbol(SHAPES[m.way], Math.min(84, 36 + 6 * m.count))());
  mark.append("title").text((m) => `${lanes[m.lane]}, ${new Date(m.at).toISOString()}: ${m.count}, ${WORDS[m.way]}`);
  const day = 86_400_000;
  const from = last - first > 2 * day ? 0 : 11;
  const upTo = last - first > 2 * day ? 10 : last - first < 600_000 ? 19 : 16;
  const axis = axisBottom(x).ticks(Math.max(4, Math.floor(width / 110))).tickSizeOuter(0);
  axis.tickFormat((time) => time.toISOString().slice(from, upTo));
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - 26})`).call(axis);
}

function draw() {
  for (const [id, drawn] of [["sankey", drawSankey], ["timeline", drawTimeline]]) {
    const place = document.getElementById(id);
    if (place) drawn(place);
  }
}

function table() {
  const rows = [...document.querySelectorAll("tr.row")].map((row) => ({ row, bytes: row.nextElementSibling, text: null }));
  const search = document.getElementById("filter-text");
  if (!search) return;
  const selects = [...document.querySelectorAll("select[data-filter]")];
  const status = document.getElementById("filter-status");
  const all = document.getElementById("open-all");
  const open = (entry, yes) => {
    entry.bytes.classList.toggle("open", yes);
    entry.row.classList.toggle("open", yes);
    entry.row.querySelector("button").setAttribute("aria-expanded", String(yes));
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of rows) {
      entry.text ??= `${entry.row.textContent} ${entry.bytes.querySelector("dl").textContent}`.toLowerCase();
      const kept = words.every((w) => entry.text.includes(w)) && selects.every((s) => !s.value || entry.row.dataset[s.dataset.filter] === s.value);
      entry.row.hidden = entry.bytes.hidden = !kept;
      shown += kept;
    }
    status.textContent = shown === rows.length ? `${shown} ${shown === 1 ? "row" : "rows"}` : `${shown} of ${rows.length} rows`;
  };
  for (const entry of rows) {
    open(entry, false);
    entry.row.querySelector("button").addEventListener("click", () => open(entry, !entry.bytes.classList.contains("open")));
  }
  all.addEventListener("click", () => {
    const yes = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(yes));
    all.textContent = yes ? "Close all rows" : "Open all rows";
    for (const entry of rows) open(entry, yes);
  });
  search.form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", filter);
  for (const s of selects) s.addEventListener("change", filter);
}

table();
draw();
let waiting;
let drawnWidth = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === drawnWidth) return;
  drawnWidth = window.innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(draw, 120);
});
// Paper is not as wide as the screen, and what is folded on screen is read on paper.
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
