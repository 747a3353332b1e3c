import { html, render, type TemplateResult } from "lit-html";
import type { Sample } from "../../../src/debug/feed-messages.js";
import { formatByteRate, formatBytes, formatCount, formatDelay, formatTime } from "./format.js";
import { createPlot, type Line, type Plot } from "./plot.js";
import { PLOTTED, type SampleSeries } from "./series.js";

interface ChartLine extends Line {
  readonly value: (sample: Sample) => number;
}

interface Chart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  readonly leastTop: number;
  readonly isBinary: boolean;
}

const CHARTS: readonly Chart[] = [
  {
    title: "Connections",
    lines: [
      { label: "open", mark: "series-1", value: ({ connections }) => connections },
      { label: "waiting", mark: "series-2", value: ({ waiting }) => waiting },
    ],
    format: formatCount,
    leastTop: 8,
    isBinary: false,
  },
  {
    title: "Traffic",
    lines: [
      { label: "in", mark: "series-1", value: ({ bytesRead }) => bytesRead },
      { label: "out", mark: "series-2", value: ({ bytesWritten }) => bytesWritten },
    ],
    format: formatByteRate,
    leastTop: 1024,
    isBinary: true,
  },
  {
    title: "Event-loop delay",
    lines: [{ label: "p99", mark: "series-3", value: ({ loopDelayP99 }) => loopDelayP99 }],
    format: formatDelay,
    leastTop: 0.009,
    isBinary: false,
  },
  {
    title: "Memory",
    lines: [
      { label: "resident", mark: "series-1", value: ({ rss }) => rss },
      { label: "heap", mark: "series-3", value: ({ heapUsed }) => heapUsed },
    ],
    format: formatBytes,
    leastTop: 64 << 20,
    isBinary: true,
  },
];

/** What the time axis spans at least, in seconds. */
const LEAST_SPAN = 300;

/** The plots of the page. */
export interface Plots {
  /** Draws what the series holds now. */
  update(): void;
  recolour(): void;
}

/** Puts the plots of the last hour into `container`, each with its values now, or at the pointer, and a table in words. */
export function showPlots(container: HTMLElement, series: SampleSeries): Plots {
  render(html`${CHARTS.map(skeleton)}`, container);
  let pointed: number | null = null;
  const figures = [...container.querySelectorAll<HTMLElement>("figure")];
  const legends = (): void => CHARTS.forEach((chart, at) => renderLegend(figures[at], chart, series, pointed));
  const plots = CHARTS.map((chart, at): Plot | null => {
    const canvas = figures[at]?.querySelector<HTMLElement>(".plot");
    if (canvas === undefined || canvas === null) return null;
    const onPoint = (index: number | null): void => {
      if (index === pointed) return;
      pointed = index;
      legends();
    };
    return createPlot(canvas, { ...chart, onPoint });
  });
  return {
    update() {
      legends();
      const { samples } = series;
      const times = samples.map(({ at }) => at / 1000);
      const to = times.at(-1) ?? Date.now() / 1000;
      // A host that has just started fills its plots, too.
      const from = Math.max(to - PLOTTED / 1000, Math.min(times[0] ?? to, to - LEAST_SPAN));
      for (const [at, { lines }] of CHARTS.entries())
        plots[at]?.draw([times, ...lines.map(({ value }) => samples.map(value))], from, to);
    },
    recolour: () => plots.forEach((plot) => plot?.recolour()),
  };
}

function skeleton({ title }: Chart): TemplateResult {
  return html`<figure class="panel chart">
    <figcaption>
      <h3>${title}</h3>
      <div class="legend"></div>
    </figcaption>
    <div class="plot" aria-hidden="true"></div>
    <span class="ink-soft" hidden></span><span class="grid" hidden></span>
    <details class="chart-text">
      <summary>In numbers<span class="visually-hidden">: ${title}</span></summary>
      <div class="chart-table"></div>
    </details>
  </figure>`;
}

function renderLegend(
  figure: HTMLElement | undefined,
  chart: Chart,
  series: SampleSeries,
  pointed: number | null,
): void {
  const legend = figure?.querySelector<HTMLElement>(".legend");
  const table = figure?.querySelector<HTMLElement>(".chart-table");
  if (!legend || !table) return;
  const sample = (pointed === null ? undefined : series.samples[pointed]) ?? series.samples.at(-1);
  const { lines, format } = chart;
  render(
    html`${lines.map(
      ({ label, mark, value }) =>
        html`<span class="key"
          ><i class="swatch ${mark}" aria-hidden="true"></i>${label}
          <b>${sample === undefined ? "–" : format(value(sample))}</b></span
        >`,
    )}${pointed === null || sample === undefined ? "" : html`<time>${formatTime(sample.at)}</time>`}`,
    legend,
  );
  if (table.parentElement instanceof HTMLDetailsElement && table.parentElement.open)
    render(textTable(chart, series), table);
}

function textTable({ lines, format, title }: Chart, series: SampleSeries): TemplateResult {
  return html`<table aria-label="${title} over the last hour">
    <thead>
      <tr>
        <td></td>
        <th scope="col" class="number">now</th>
        <th scope="col" class="number">mean</th>
        <th scope="col" class="number">highest</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(({ label, value }) => {
        const summary = series.summarize(value);
        const cell = (number: number | undefined): TemplateResult =>
          html`<td class="number">${number === undefined ? "–" : format(number)}</td>`;
        return html`<tr>
          <th scope="row">${label}</th>
          ${cell(summary?.now)}${cell(summary?.mean)}${cell(summary?.max)}
        </tr>`;
      })}
    </tbody>
  </table>`;
}
