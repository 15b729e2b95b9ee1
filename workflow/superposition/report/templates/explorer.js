// The explorer: unpacks the embedded weights and the plotting library when the section comes into view.
(() => {
  "use strict";
  const experiments = JSON.parse(document.getElementById("explorer-data").textContent);
  const GRAM = 0;
  const COLOURS = [[0, "#2166ac"], [0.25, "#92c5de"], [0.5, "#f7f7f7"], [0.75, "#f4a582"], [1, "#b2182b"]];
  let library;

  async function inflated(base64) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  }

  function plotly() {
    library ??= (async () => {
      const source = document.getElementById("plotly-source");
      const script = document.createElement("script");
      script.textContent = await (await inflated(source.textContent.trim())).text();
      document.head.append(script);
      source.remove();
      return window.Plotly;
    })();
    return library;
  }

  function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  }

  async function unpacked(experiment) {
    const buffer = await (await inflated(experiment.arrays)).arrayBuffer();
    return experiment.kind === "float32" ? new Float32Array(buffer) : Float32Array.from(new Uint16Array(buffer), half);
  }

  // W, V (hidden × feature, row after row) and b of one choice.
  function weights(experiment, values, model, sparsity, seed) {
    const seeds = experiment.seeds.length;
    const size = ({ features, hidden, tied }) => features * (hidden * (tied ? 1 : 2) + 1);
    const before = experiment.models.slice(0, model).reduce((sum, m) => sum + size(m), 0) * experiment.sparsities.length;
    const one = experiment.models[model], n = one.features;
    let at = before * seeds + (sparsity * seeds + seed) * size(one);
    const take = (count) => values.subarray(at, (at += count));
    const W = take(one.hidden * n), V = one.tied ? W : take(one.hidden * n);
    return { W, V, b: take(n), hidden: one.hidden, n };
  }

  function matrices({ W, V, b, hidden, n }) {
    const gram = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < hidden; k++) sum += V[k * n + i] * W[k * n + j];
      return sum;
    }));
    const norm = Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < hidden; k++) sum += W[k * n + i] ** 2;
      return Math.sqrt(sum);
    });
    return { gram, norm, bias: Float64Array.from(b) };
  }

  function layout(experiment, n, width) {
    const axis = { zeroline: false, showgrid: false, ticks: "outside", ticklen: 3, fixedrange: true };
    const small = { ...axis, showgrid: true, zeroline: true, nticks: 4 };
    const margin = { l: 58, r: 14, t: 16, b: 42 };
    return {
      width, height: Math.round((width - margin.l - margin.r) / 0.64) + margin.t + margin.b, margin,
      font: { size: 12, color: "#1d1f21", family: "system-ui, sans-serif" },
      paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff", dragmode: false, showlegend: false, bargap: 0.15,
      xaxis: { ...axis, anchor: "y3", title: { text: "feature, the most important first", standoff: 6 },
        range: [0.5, n + 0.5] },
      yaxis: { ...axis, domain: [0.36, 1], range: [n + 0.5, 0.5], title: { text: "feature", standoff: 4 } },
      yaxis2: { ...small, domain: [0.185, 0.325], range: experiment.limits.bias, title: { text: "bias", standoff: 4 } },
      yaxis3: { ...small, domain: [0, 0.14], range: experiment.limits.norm, title: { text: "norm", standoff: 4 } },
    };
  }

  function traces(experiment, { gram, bias, norm }, product) {
    const x = Array.from(norm, (_, i) => i + 1);
    const [zmin, zmax] = experiment.limits.gram;
    const bar = { type: "bar", x, marker: { color: "#0b5c94" } };
    return [
      { type: "heatmap", x, y: x, z: gram, zmin, zmax, colorscale: COLOURS,
        hovertemplate: `${product} of features %{y} and %{x}: %{z:.4f}<extra></extra>`,
        colorbar: { title: { text: product, side: "top", font: { size: 13 } }, orientation: "h", thickness: 9, y: 1.0, yanchor: "bottom", len: 1, outlinewidth: 0, tickfont: { size: 11 } } },
      { ...bar, y: bias, yaxis: "y2", hovertemplate: "bias of feature %{x}: %{y:.4f}<extra></extra>" },
      { ...bar, y: norm, yaxis: "y3", hovertemplate: "norm of feature %{x}: %{y:.4f}<extra></extra>" },
    ];
  }

  function explorer(root) {
    const experiment = experiments[Number(root.dataset.experiment)], plot = root.querySelector(".plot");
    const readout = root.querySelector(".readout"), cell = { row: 1, column: 1 };
    const choice = (name) => Number(root.querySelector(`[data-choice="${name}"]`).value);
    let values, shown, product;

    function tell() {
      const i = cell.row - 1, j = cell.column - 1, digits = (value) => value.toFixed(4).replace("-", "−");
      readout.textContent = `Features ${cell.row} and ${cell.column}: ${product} ${digits(shown.gram[i][j])}. ` +
        `Feature ${cell.column}: bias ${digits(shown.bias[j])}, norm ${digits(shown.norm[j])}.`;
    }

    function frame() {
      const { row, column } = cell;
      return [{ type: "rect", x0: column - 0.5, x1: column + 0.5, y0: row - 0.5, y1: row + 0.5, line: { width: 2, color: "#111" } }];
    }

    async function draw() {
      const Plotly = await plotly();
      values ??= await unpacked(experiment);
      const { features, tied } = experiment.models[choice("model")];
      product = tied ? "WᵀW" : "VᵀW";
      cell.row = Math.min(cell.row, features);
      cell.column = Math.min(cell.column, features);
      shown = matrices(weights(experiment, values, choice("model"), choice("sparsity"), choice("seed")));
      const drawn = { ...layout(experiment, features, plot.clientWidth), shapes: frame() };
      await Plotly.react(plot, traces(experiment, shown, product), drawn, { displayModeBar: false });
      plot.dataset.drawn = ["model", "sparsity", "seed"].map(choice).join(" ");
      tell();
    }

    function move(event) {
      const n = shown ? shown.norm.length : 0, step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const ends = { Home: 1, End: n };
      if (!shown || !(event.key in step || event.key in ends)) return;
      event.preventDefault();
      const [down, right] = step[event.key] ?? [0, 0], within = (value) => Math.min(Math.max(value, 1), n);
      cell.row = within(cell.row + down);
      cell.column = ends[event.key] ?? within(cell.column + right);
      window.Plotly.relayout(plot, { shapes: frame() });
      tell();
    }

    async function start() {
      await draw();
      plot.on("plotly_hover", ({ points: [point] }) => {
        cell.column = point.x;
        if (point.curveNumber === GRAM) cell.row = point.y;
        tell();
      });
      plot.on("plotly_unhover", () => window.Plotly.relayout(plot, { shapes: frame() }));
      plot.addEventListener("keydown", move);
      root.addEventListener("change", draw);
      let width = plot.clientWidth;
      new ResizeObserver(() => {
        if (plot.clientWidth !== width) { width = plot.clientWidth; draw(); }
      }).observe(plot);
    }

    root.hidden = false;
    if (!plot) return;
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      start().catch((error) => { readout.textContent = `This browser cannot draw the explorer: ${error.message}`; });
    }, { rootMargin: "300px" });
    watch.observe(root);
  }

  document.querySelectorAll(".without").forEach((text) => { text.hidden = true; });
  document.querySelectorAll(".explorer").forEach(explorer);
})();
