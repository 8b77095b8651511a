namespace Uptrakit.Qu.Web;

/// <summary>How the pages look. Contrasts are at least 4.5 to 1 in the light and in the dark.</summary>
/// <remarks>
/// The bars of a check are drawn one unit high and a day wide; here they get their size. A view box in each of a thousand pictures
/// would be a fifth of the page.
/// </remarks>
internal static class StyleSheet
{
    public const string Text = """
        :root { color-scheme: light dark; --ground: #f4f6f8; --card: #fff; --ink: #1b1f24; --soft: #565d67; --line: #dde1e6; --u: #0a6b2d; --w: #7a4f00; --d: #b3121d; --m: #0b57a4;
          --bar-u: #2f9e55; --bar-w: #c98a10; --bar-p: #e0662f; --bar-d: #cf222e; --bar-n: #c9ced5; }
        @media (prefers-color-scheme: dark) { :root { --ground: #111418; --card: #191d23; --ink: #e6e9ed; --soft: #a9b1bd; --line: #2d333c; --u: #5dd28a; --w: #f2c14e; --d: #ff8c8c; --m: #8ab8ff;
          --bar-u: #3fae69; --bar-w: #d9a32e; --bar-p: #f0803f; --bar-d: #f4565f; --bar-n: #454d59; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
        main.wide { max-width: 100rem; }
        main.login { max-width: 24rem; }
        h1 { font-size: 1.75rem; line-height: 1.25; letter-spacing: -.01em; margin: 2rem 0 1rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; overflow-wrap: anywhere; }
        h2 a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
        a { color: var(--m); }
        .u { color: var(--u); } .w { color: var(--w); } .d { color: var(--d); } .m { color: var(--m); } .n { color: var(--soft); }
        .headline { display: flex; align-items: center; gap: .8rem; border: 1px solid; border-radius: .6rem; background: var(--card); background: color-mix(in srgb, currentColor 8%, var(--card));
          padding: .9rem 1.2rem; font-size: 1.3rem; font-weight: 600; margin: 0 0 1rem; }
        .headline::before { flex: none; content: ""; width: .85rem; height: .85rem; border-radius: 50%; background: currentColor; }
        .notice { border: 1px solid; border-radius: .6rem; background: var(--card); padding: .6rem 1.2rem; }
        .back { margin: 1.5rem 0 -1.2rem; }
        ul { list-style: none; margin: 0; padding: 0; }
        ul.checks, ul.plain, .card, .scroll { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
        ul.checks li { display: grid; grid-template-columns: minmax(8rem, 1fr) 8.5rem 360px 5rem; gap: 0 1rem; align-items: center; padding: .6rem 1.2rem; }
        li + li { border-top: 1px solid var(--line); }
        ul.plain li { padding: .6rem 1.2rem; overflow-wrap: anywhere; }
        ul.checks li { font-weight: 500; overflow-wrap: anywhere; }
        em { font-style: normal; font-weight: 600; color: var(--u); white-space: nowrap; }
        time, .t { white-space: nowrap; }
        em.w { color: var(--w); } em.d { color: var(--d); } em.m { color: var(--m); } em.n { color: var(--soft); }
        em::before { content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; background: currentColor; margin: 0 .5em .05em 0; }
        li i { font-style: normal; font-weight: 400; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
        li small { grid-column: 1 / -1; font-weight: 400; }
        small, .known { color: var(--soft); font-size: .875rem; font-weight: 400; }
        .known { margin: .2rem 0 0; }
        ul.checks svg { width: 360px; height: 26px; border-radius: 3px; background: var(--bar-u); forced-color-adjust: none;
          -webkit-mask: linear-gradient(90deg, #000 75%, transparent 0) 0 0 / calc(100% / 90) 100%; mask: linear-gradient(90deg, #000 75%, transparent 0) 0 0 / calc(100% / 90) 100%; }
        path { stroke: var(--bar-p); stroke-width: 2; transform: scale(4, 26); } path.w { stroke: var(--bar-w); } path.d { stroke: var(--bar-d); } path.n { stroke: var(--bar-n); }
        footer { color: var(--soft); font-size: .875rem; margin-top: 2rem; padding-bottom: 2rem; }
        .legend span { white-space: nowrap; margin-right: 1rem; }
        .legend span::before { content: ""; display: inline-block; width: .5rem; height: .9rem; border-radius: 2px; background: var(--bar-u); margin: 0 .4rem -.1rem 0; forced-color-adjust: none; }
        .legend .bw::before { background: var(--bar-w); } .legend .bp::before { background: var(--bar-p); } .legend .bd::before { background: var(--bar-d); } .legend .bn::before { background: var(--bar-n); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .5rem .8rem; font-variant-numeric: tabular-nums; }
        tbody tr { border-top: 1px solid var(--line); }
        th { font-weight: 600; }
        thead th { color: var(--soft); font-weight: 500; white-space: nowrap; }
        td.u, td.w, td.d, td.m, td.n { font-weight: 600; }
        td a { font-weight: 400; font-size: .875rem; }
        form.card { padding: 0 1.2rem .4rem; margin: 1rem 0; }
        form.card h2 { margin: 1rem 0 .4rem; }
        form.card p { margin: .6rem 0; }
        label { display: block; font-weight: 500; }
        [role=search] label { font-weight: 400; color: var(--soft); }
        input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: .4rem; padding: .45rem .8rem; max-width: 100%; }
        .card input, .login input { width: 28rem; }
        button { cursor: pointer; font-weight: 500; }
        button.main { background: var(--m); border-color: var(--m); color: var(--card); }
        :focus-visible { outline: .2rem solid var(--m); outline-offset: .15rem; }
        @media (max-width: 52rem) {
          ul.checks li { grid-template-columns: 1fr auto; }
          ul.checks svg, ul.checks i { grid-column: 1 / -1; grid-row: 2; }
          ul.checks i { justify-self: end; }
        }
        @media (max-width: 32rem) {
          .headline { padding: .7rem 1rem; font-size: 1.15rem; }
          ul.checks li, ul.plain li { padding: .6rem .8rem; gap: .2rem .6rem; }
          ul.checks svg { width: 225px; }
          path { transform: scale(2.5, 26); }
        }
        """;
}
