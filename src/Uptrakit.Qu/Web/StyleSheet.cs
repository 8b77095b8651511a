namespace Uptrakit.Qu.Web;

/// <summary>How the pages look. Contrasts are at least 4.5 to 1 in the light and in the dark.</summary>
internal static class StyleSheet
{
    public const string Text = """
        :root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #595f69; --line: #d8dce1; --u: #0a6b2d; --w: #7a4f00; --d: #b3121d; --m: #0b57a4;
          --bar-u: #2f9e55; --bar-w: #c98a10; --bar-p: #e0662f; --bar-d: #cf222e; --bar-n: #c9ced5; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171c; --ink: #e6e9ed; --soft: #a9b1bd; --line: #333a44; --u: #5dd28a; --w: #f2c14e; --d: #ff8c8c; --m: #8ab8ff;
          --bar-u: #3fae69; --bar-w: #d9a32e; --bar-p: #f0803f; --bar-d: #f4565f; --bar-n: #454d59; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
        main.wide { max-width: 100rem; }
        h1 { font-size: 1.6rem; margin: 1.5rem 0 .5rem; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
        a { color: var(--m); }
        .u { color: var(--u); } .w { color: var(--w); } .d { color: var(--d); } .m { color: var(--m); } .n { color: var(--soft); }
        .headline { border-left: .4rem solid; padding: .6rem 1rem; font-size: 1.25rem; font-weight: 600; margin: 0 0 1rem; }
        .notice { border: 1px solid; border-radius: .3rem; padding: .5rem 1rem; }
        ul.checks, ul.plain { list-style: none; margin: 0; padding: 0; }
        ul.checks li { display: grid; grid-template-columns: minmax(8rem, 1fr) 7rem minmax(10rem, 24rem) 5.5rem; gap: 0 .8rem; align-items: center;
          padding: .45rem 0; border-top: 1px solid var(--line); }
        ul.plain li { padding: .45rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
        li b, li small { font-weight: 500; overflow-wrap: anywhere; }
        li em { font-style: normal; font-weight: 600; }
        li i { font-style: normal; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
        li small { grid-column: 1 / -1; font-weight: 400; }
        small { color: var(--soft); }
        ul.checks svg { width: 100%; height: 1.5rem; background: var(--bar-u); -webkit-mask: linear-gradient(90deg, #000 75%, transparent 0) 0 0 / calc(100% / 90) 100%; mask: linear-gradient(90deg, #000 75%, transparent 0) 0 0 / calc(100% / 90) 100%; }
        ul.checks path { stroke-width: 2; } path.w { stroke: var(--bar-w); } path.p { stroke: var(--bar-p); } path.d { stroke: var(--bar-d); } path.n { stroke: var(--bar-n); }
        footer { color: var(--soft); font-size: .875rem; margin-top: 2rem; padding-bottom: 2rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-top: 1px solid var(--line); }
        th { font-weight: 600; }
        input, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; padding: .35rem .7rem; max-width: 100%; }
        :focus-visible { outline: .2rem solid var(--m); outline-offset: .1rem; }
        @media (max-width: 40rem) {
          ul.checks li { grid-template-columns: 1fr auto; }
          ul.checks svg { grid-column: 1 / 2; grid-row: 2; }
          ul.checks i { grid-column: 2; grid-row: 2; }
        }
        """;
}
