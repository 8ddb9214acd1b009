// Draws the charts of the dashboard. The same numbers stand in the tables beneath them.
"use strict";

(() => {
  const source = document.getElementById("charts");
  if (!source || !window.Chart) return;
  const figures = JSON.parse(source.textContent);
  const rtl = document.documentElement.dir === "rtl";
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const money = (amount) => rtl ? `${exact.format(amount)} د.إ.` : `AED ${exact.format(amount)}`;
  const charts = [];

  // A canvas knows no custom properties: the page works them out, for the light and the dark.
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };

  const paint = (chart) => {
    const [now, before] = chart.data.datasets;
    now.backgroundColor = colour("--aq-brand");
    now.hoverBackgroundColor = colour("--aq-brand-hover");
    before.borderColor = before.backgroundColor = colour(before.type === "line" ? "--aq-control" : "--aq-line-strong");
    Object.values(chart.options.scales).forEach((scale) => {
      scale.ticks.color = colour("--aq-quiet");
      scale.grid.color = colour("--aq-line");
      scale.border = { color: colour("--aq-line") };
    });
    chart.options.plugins.legend.labels.color = colour("--aq-text");
    Object.assign(chart.options.plugins.tooltip, {
      backgroundColor: colour("--aq-ink"), titleColor: colour("--aq-surface"), bodyColor: colour("--aq-surface"),
    });
    chart.update("none");
  };

  const draw = (box) => {
    const kind = box.dataset.chart;
    const across = kind === "best";
    const { labels, now, before } = figures[kind];
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    const amounts = { reverse: across && rtl, position: across ? "bottom" : rtl ? "right" : "left", beginAtZero: true, grid: {}, ticks: { font, maxTicksLimit: 6, callback: (value) => short.format(value) } };
    const names = { reverse: !across && rtl, position: across && rtl ? "right" : across ? "left" : "bottom", grid: { display: false }, ticks: { font, autoSkip: !across, maxRotation: 0, callback(value) {
      const name = this.getLabelForValue(value);
      return name.length > 22 ? `${name.slice(0, 21)}…` : name;
    } } };
    const chart = new window.Chart(box.querySelector("canvas"), {
      type: "bar",
      data: {
        labels,
        datasets: [
          { label: box.dataset.now, data: now, backgroundColor: colour("--aq-brand"), borderRadius: 4, order: 2 },
          across
            ? { label: box.dataset.before, data: before, backgroundColor: colour("--aq-line-strong"), borderRadius: 4, order: 3 }
            : { type: "line", label: box.dataset.before, data: before, borderColor: colour("--aq-control"), borderDash: [5, 4], borderWidth: 2, pointRadius: 0, pointHitRadius: 8, order: 1 },
        ],
      },
      options: {
        indexAxis: across ? "y" : "x",
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false, axis: across ? "y" : "x" },
        scales: across ? { x: amounts, y: names } : { x: names, y: amounts },
        plugins: {
          colors: { enabled: false },
          legend: { position: "bottom", reverse: !across, rtl, textDirection: rtl ? "rtl" : "ltr", labels: { font, boxWidth: 14, boxHeight: 3 } },
          tooltip: { rtl, textDirection: rtl ? "rtl" : "ltr", titleFont: font, bodyFont: font, callbacks: {
            title: (items) => labels[items[0].dataIndex],
            label: (item) => `${item.dataset.label}: ${money(item.raw)}`,
          } },
        },
      },
    });
    charts.push(chart);
    paint(chart);
  };

  document.querySelectorAll("[data-chart]").forEach(draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(paint));
  new MutationObserver(() => charts.forEach(paint)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
