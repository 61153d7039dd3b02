// Draws every [data-chart] from the JSON inside it. Tooltips are drawn on the canvas, because
// HTML tooltips carry style attributes, which the Content-Security-Policy refuses.
"use strict";

window.harborCharts = (() => {
  const charts = new Map();
  const probe = document.createElement("span");
  probe.className = "plot-token";
  document.body.append(probe);

  function token(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }
  const palette = () => [1, 2, 3, 4, 5, 6].map((n) => token(`plot-${n}`));
  const tone = (name) => token({ good: "good", watch: "watch", stop: "stop" }[name] || "plot-1");
  const dashes = ["solid", "dashed", "dotted"];
  const shapes = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];

  function axisText() {
    const ink = token("ink-2");
    return { axisLabel: { color: ink, fontSize: 14 }, nameTextStyle: { color: ink, fontSize: 14 }, axisLine: { lineStyle: { color: token("edge") } }, splitLine: { lineStyle: { color: token("line") } } };
  }
  function base(spec) {
    return {
      color: palette(),
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("ink"), fontSize: 14 },
      aria: { enabled: true, label: { description: spec.title } },
      tooltip: { renderMode: "richText", confine: true, trigger: "axis", backgroundColor: token("paper"), borderColor: token("edge"), textStyle: { color: token("ink"), fontSize: 14 } },
      grid: { left: 8, right: 16, top: 44, bottom: spec.series?.length > 1 ? 44 : 12, containLabel: true },
      legend: spec.series?.length > 1 ? { bottom: 0, textStyle: { color: token("ink"), fontSize: 14 } } : undefined,
    };
  }
  // Counts have no halves: an axis of whole numbers is marked at whole numbers.
  const whole = (spec) => spec.series.every((s) => s.values.every((v) => v == null || Number.isInteger(v)));
  // A dozen places each keep their word: on two lines under the bar, or else the bars lie down.
  const few = (spec) => spec.kind === "bar" && spec.x.length <= 12;
  const wide = (text) => [...text].reduce((sum, c) => sum + (c > "\u2e7f" ? 14 : 7.5), 0);
  function lies(spec) {
    if (!few(spec)) return false;
    const room = spec.room / spec.x.length - 6;
    const fits = (name) => wide(name) / 1.7 <= room && name.split(/[\s\u2e80-\uffff]+/).every((word) => wide(word) <= room);
    return !spec.x.every(fits);
  }
  const spelt = (spec) => (few(spec) ? { interval: 0, width: spec.room / spec.x.length - 6, overflow: "break", lineHeight: 18 } : {});
  function cartesian(spec, build) {
    const text = axisText();
    if (lies(spec)) {
      return {
        ...base(spec), grid: { ...base(spec).grid, top: 12, right: 28, bottom: spec.series.length > 1 ? 44 : 24 },
        xAxis: { type: "value", minInterval: whole(spec) ? 1 : 0, name: spec.unit, nameLocation: "end", axisLabel: { ...text.axisLabel, hideOverlap: true }, nameTextStyle: text.nameTextStyle, splitLine: text.splitLine },
        yAxis: { type: "category", inverse: true, data: spec.x, ...text, axisLabel: { ...text.axisLabel, interval: 0 }, splitLine: { show: false } },
        series: spec.series.map(build),
      };
    }
    return {
      ...base(spec),
      xAxis: { type: "category", data: spec.x, name: spec.x_name, nameLocation: "end", ...text, axisLabel: { ...text.axisLabel, ...spelt(spec) }, splitLine: { show: false } },
      yAxis: { type: "value", minInterval: whole(spec) ? 1 : 0, name: spec.unit, nameTextStyle: { ...text.nameTextStyle, align: "left" }, scale: spec.from_zero === false, axisLabel: text.axisLabel, axisLine: text.axisLine, splitLine: text.splitLine },
      series: spec.series.map(build),
    };
  }
  const line = (spec) => cartesian(spec, (s, i) => ({
    type: "line", name: s.name, data: s.values, symbol: shapes[i % 6], symbolSize: 8, lineStyle: { width: 2, type: dashes[i % 3] },
  }));
  const bar = (spec) => cartesian(spec, (s) => ({
    type: "bar", name: s.name, data: s.values, barMaxWidth: 40, stack: spec.stacked ? "all" : undefined, itemStyle: { borderColor: token("paper"), borderWidth: 1 },
  }));
  function control(spec) {
    const option = line({ ...spec, from_zero: false });
    const limits = (spec.limits || []).map((limit) => ({
      yAxis: limit.value, name: limit.name, lineStyle: { color: tone(limit.tone), type: limit.tone === "stop" ? "dashed" : "solid" },
      label: { formatter: limit.name, color: tone(limit.tone), position: "insideEndTop", fontSize: 14 },
    }));
    option.series[0].markLine = { symbol: "none", silent: true, data: limits };
    const values = [...spec.series.flatMap((s) => s.values), ...(spec.limits || []).map((l) => l.value)].filter((v) => v != null);
    const room = (Math.max(...values) - Math.min(...values)) * 0.08 || 1;
    // The ends are measured as labels even though they are hidden: fifteen digits would eat the plot.
    const short = (value) => Number(value.toPrecision(4));
    Object.assign(option.yAxis, { min: short(Math.min(...values) - room), max: short(Math.max(...values) + room) });
    option.yAxis.axisLabel = { ...option.yAxis.axisLabel, showMinLabel: false, showMaxLabel: false };
    return option;
  }
  function sankey(spec) {
    return {
      ...base(spec), tooltip: { ...base(spec).tooltip, trigger: "item" },
      series: [{ type: "sankey", data: spec.nodes.map((name) => ({ name })), links: spec.links, left: 4, right: 120, top: 8, bottom: 8, nodeAlign: "left", label: { color: token("ink"), fontSize: 14 }, lineStyle: { color: "gradient", opacity: 0.35 } }],
    };
  }
  function heatmap(spec) {
    const text = axisText();
    const values = spec.cells.map((cell) => cell[2]);
    return {
      ...base(spec), tooltip: { ...base(spec).tooltip, trigger: "item" }, grid: { left: 8, right: 16, top: 12, bottom: 60, containLabel: true },
      xAxis: { type: "category", data: spec.x, ...text }, yAxis: { type: "category", data: spec.y, ...text },
      visualMap: { min: Math.min(...values), max: Math.max(...values), calculable: false, orient: "horizontal", left: "center", bottom: 0, textStyle: { color: token("ink") }, inRange: { color: [token("accent-soft"), token("plot-1")] } },
      series: [{ type: "heatmap", data: spec.cells, label: { show: true, color: token("ink"), fontSize: 14, textBorderColor: token("paper"), textBorderWidth: 3 } }],
    };
  }
  function gantt(spec) {
    const text = axisText();
    const rows = spec.rows.map((row) => row.name);
    const data = spec.bars.map((b) => ({ name: b.label, value: [rows.indexOf(b.row), b.start, b.end], itemStyle: { color: tone(b.tone), opacity: 0.85 } }));
    const draw = (params, api) => {
      const [row, start, end] = [api.value(0), api.coord([api.value(1), api.value(0)]), api.coord([api.value(2), api.value(0)])];
      const height = Math.min(26, api.size([0, 1])[1] * 0.6);
      const area = params.coordSys;
      const rect = window.echarts.graphic.clipRectByRect({ x: start[0], y: start[1] - height / 2, width: Math.max(2, end[0] - start[0]), height }, area);
      return rect && { type: "rect", shape: { ...rect, r: 3 }, style: api.style(), row };
    };
    return {
      ...base(spec), tooltip: { ...base(spec).tooltip, trigger: "item" }, grid: { left: 8, right: 16, top: 12, bottom: 12, containLabel: true },
      xAxis: { type: "time", min: spec.from, max: spec.to, ...text, axisLabel: { ...text.axisLabel, hideOverlap: true, formatter: { year: "{yyyy}", month: "{yyyy}-{MM}", day: "{MM}-{dd}", hour: "{HH}:{mm}", minute: "{HH}:{mm}" } } }, yAxis: { type: "category", data: rows, inverse: true, ...text },
      series: [{ type: "custom", renderItem: draw, encode: { x: [1, 2], y: 0 }, data }],
    };
  }
  // The mean of each step, within all that lay between the lowest and the highest.
  function band(spec) {
    const plain = { ...spec, from_zero: false, series: [{ name: spec.words[0], values: spec.mean }, { name: spec.words[1], values: spec.high }] };
    const option = line(plain);
    const [mean] = option.series;
    Object.assign(mean, { showSymbol: false, z: 3, lineStyle: { width: 2 } });
    const area = { type: "line", symbol: "none", showSymbol: false, stack: "band", silent: true, lineStyle: { opacity: 0 }, itemStyle: { color: token("plot-1"), opacity: 0.35 }, stackStrategy: "all" };
    const height = spec.high.map((high, i) => (high == null ? null : high - spec.low[i]));
    option.series = [
      mean,
      { ...area, name: "low", data: spec.low, tooltip: { show: false } },
      { ...area, name: spec.words[1], data: height, areaStyle: { color: token("plot-1"), opacity: 0.22 } },
    ];
    option.legend = { ...option.legend, data: spec.words };
    option.tooltip.formatter = (points) => {
      const i = points[0].dataIndex;
      const said = (v) => (v == null ? "—" : Number(v.toPrecision(6)));
      return `${spec.x[i]}\n${spec.words[0]} ${said(spec.mean[i])} ${spec.unit}\n${said(spec.low[i])} … ${said(spec.high[i])} ${spec.unit}`;
    };
    mean.markLine = { symbol: "none", silent: true, data: (spec.limits || []).map((limit) => ({
      yAxis: limit.value, name: limit.name, lineStyle: { color: tone(limit.tone), type: "dashed" },
      label: { formatter: limit.name, color: tone(limit.tone), position: "insideEndTop", fontSize: 14 },
    })) };
    option.xAxis.axisLabel = { ...option.xAxis.axisLabel, hideOverlap: true };
    option.xAxis.boundaryGap = false;
    return option;
  }
  const kinds = { line, bar, control, sankey, heatmap, gantt, band };

  function draw(holder) {
    const spec = JSON.parse(holder.querySelector('script[type="application/json"]').textContent);
    const canvas = holder.querySelector(".chart-canvas");
    const chart = charts.get(canvas) || window.echarts.init(canvas, null, { renderer: "canvas" });
    charts.set(canvas, chart);
    Object.assign(spec, { room: canvas.clientWidth - 56 });
    const tall = lies(spec) ? spec.x.length * 28 + 64 : 0;
    if (tall > canvas.clientHeight) {
      canvas.style.height = `${tall}px`;
      chart.resize();
    }
    chart.setOption(kinds[spec.kind](spec), true);
  }
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

  let wanted;
  new ResizeObserver(() => {
    cancelAnimationFrame(wanted);
    wanted = requestAnimationFrame(() => charts.forEach((chart) => chart.resize()));
  }).observe(document.body);
  document.addEventListener("harbor:look", drawAll);
  // What came with a part of the page; what stands there already stays as it is.
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-chart]").forEach((holder) => {
    if (!charts.has(holder.querySelector(".chart-canvas"))) draw(holder);
  }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let theme = null;
  window.addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.bsTheme ?? null;
    document.documentElement.dataset.bsTheme = "light";
    drawAll();
  });
  window.addEventListener("afterprint", () => {
    if (theme === null) delete document.documentElement.dataset.bsTheme;
    else document.documentElement.dataset.bsTheme = theme;
    drawAll();
  });
  drawAll();
  return { drawAll };
})();
