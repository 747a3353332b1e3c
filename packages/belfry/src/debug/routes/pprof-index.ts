import { type Reply, type Route, textReply } from "../../http/route.js";
import { pagePolicy } from "../../http/page-policy.js";

/** `/debug/pprof/`: what there is to look at, with a line for each. */
export function pprofIndexRoute(routes: readonly Route[]): Route {
  const html = describe(routes);
  const reply: Reply = {
    type: "text/html; charset=utf-8",
    headers: { "content-security-policy": pagePolicy(html) },
    body: html,
  };
  return { path: "/debug/pprof/", summary: "what profiles there are", answer: () => reply };
}

/** `/debug/pprof`: to the same with its slash, as Go has it. What was asked for goes no further: a secret may be in it. */
export const pprofRedirect: Route = {
  path: "/debug/pprof",
  summary: "the same",
  answer: () => ({ ...textReply("Moved to /debug/pprof/", 301), headers: { location: "/debug/pprof/" } }),
};

function describe(routes: readonly Route[]): string {
  const rows = routes.map(({ path, summary }) => {
    return `        <dt><a href="${path}">${path.replace("/debug/pprof/", "")}</a></dt>\n        <dd>${escape(summary)}</dd>`;
  });
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Belfry: profiles</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/theme.css" />
    <link rel="stylesheet" href="/assets/pprof.css" />
    <script src="/assets/apply-theme.js"></script>
  </head>
  <body>
    <main>
      <h1>Profiles</h1>
      <p>Read them with <code>go tool pprof http://HOST:PORT/debug/pprof/NAME</code>, or save them for a browser's tools.</p>
      <dl>
${rows.join("\n")}
        <dt><a href="/debug/pprof/goroutine?debug=2">goroutine?debug=2</a></dt>
        <dd>live tasks one by one, as text</dd>
      </dl>
      <p><a href="/">Dashboard</a></p>
    </main>
  </body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
