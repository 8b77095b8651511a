"use strict";
// The template language of Uptrakit, a second time: what this shows is what the daemon sends. Limits, names, filters, markups,
// defaults and samples are written by the daemon's own code into QU; a shared corpus of tests holds the two implementations together.
const Templates = (() => {
  class Fault extends Error {
    constructor(at, words) { super(words); this.at = at; }
  }

  const isSpace = c => c === " " || c === "\t" || c === "\n" || c === "\r";
  const isDigit = c => c >= "0" && c <= "9" && c.length === 1;
  const isLetter = c => /^[A-Za-z_]$/.test(c);
  const utf8 = new TextEncoder();
  const bytes = text => utf8.encode(text).length;
  const byPath = new Map(QU.names.map(n => [n.path, n]));
  const words = ["if", "else", "end", "for", "in", "and", "or", "not", "true", "false"];
  const signs = ["==", "!=", "<=", ">=", "<", ">", "|", "(", ")", "."];

  class Scanner {
    constructor(source, start, end) { this.source = source; this.at = start; this.end = end; this.next(); }
    isName(name) { return this.now.kind === "name" && this.now.value === name; }
    isSign(sign) { return this.now.kind === "sign" && this.now.value === sign; }
    take(word) {
      if (!this.isName(word) && !this.isSign(word)) return false;
      this.next();
      return true;
    }
    next() {
      const s = this.source;
      while (this.at < this.end && isSpace(s[this.at])) this.at++;
      if (this.at >= this.end) { this.now = { kind: "end", value: "", at: this.end }; return; }
      const c = s[this.at];
      if (c === '"' || c === "'") this.now = this.text(c);
      else if (isLetter(c)) this.now = this.run("name", d => isLetter(d) || isDigit(d));
      else if (isDigit(c)) this.now = this.number();
      else this.now = this.sign();
    }
    run(kind, belongs) {
      const start = this.at;
      while (this.at < this.end && belongs(this.source[this.at])) this.at++;
      return { kind, value: this.source.slice(start, this.at), at: start };
    }
    number() {
      const number = this.run("number", isDigit);
      if (number.value.length > 9) throw new Fault(number.at, "the number has more than 9 digits");
      return number;
    }
    text(quote) {
      const s = this.source, start = this.at++;
      let text = "";
      while (this.at < this.end && s[this.at] !== quote) {
        if (s[this.at] !== "\\") { text += s[this.at++]; continue; }
        const escaped = this.at + 1 < this.end ? s[this.at + 1] : " ";
        if (escaped === "n") text += "\n";
        else if (escaped === "t") text += "\t";
        else if (escaped === "\\" || escaped === '"' || escaped === "'") text += escaped;
        else throw new Fault(this.at, "a backslash stands before n, t, a quote or a backslash");
        this.at += 2;
      }
      if (this.at >= this.end) throw new Fault(start, "the text in quotes does not end");
      this.at++;
      return { kind: "text", value: text, at: start };
    }
    sign() {
      for (const sign of signs) {
        if (this.source.startsWith(sign, this.at) && this.at + sign.length <= this.end) {
          this.at += sign.length;
          return { kind: "sign", value: sign, at: this.at - sign.length };
        }
      }
      throw new Fault(this.at, "this character has no meaning here");
    }
  }

  function piecesOf(source) {
    const pieces = [];
    const add = (start, end) => { if (end > start) pieces.push({ tag: false, start, end }); };
    let at = 0;
    for (;;) {
      const open = source.indexOf("{{", at);
      if (open < 0) { add(at, source.length); return pieces; }
      const close = closeOf(source, open);
      let start = open + 2, end = close, before = open, after = close + 2;
      const trimBefore = start < end && source[start] === "-";
      if (trimBefore) start++;
      const trimAfter = end > start && source[end - 1] === "-";
      if (trimAfter) end--;
      if (!trimBefore && !trimAfter && isBlock(source, start, end)) [before, after] = takeLine(source, at, before, after);
      while (trimBefore && before > at && isSpace(source[before - 1])) before--;
      while (trimAfter && after < source.length && isSpace(source[after])) after++;
      add(at, before);
      pieces.push({ tag: true, start, end });
      at = after;
    }
  }

  function closeOf(source, open) {
    const comment = isComment(source, open + 2);
    let quote = "";
    for (let i = open + 2; i < source.length; i++) {
      const c = source[i];
      if (quote !== "") {
        if (c === "\\") i++;
        else if (c === quote) quote = "";
      } else if (!comment && (c === '"' || c === "'")) quote = c;
      else if (c === "}" && source[i + 1] === "}") return i;
    }
    throw new Fault(open, quote === "" ? "the tag does not end with }}" : "the text in quotes does not end");
  }

  function isComment(source, at) {
    if (source[at] === "-") at++;
    while (at < source.length && isSpace(source[at])) at++;
    return source[at] === "#";
  }

  function isBlock(source, start, end) {
    let at = start;
    while (at < end && isSpace(source[at])) at++;
    if (at < end && source[at] === "#") return true;
    const word = at;
    while (at < end && /^[A-Za-z0-9_.]$/.test(source[at])) at++;
    return ["if", "else", "end", "for"].includes(source.slice(word, at));
  }

  function takeLine(source, from, before, after) {
    const blank = c => c === " " || c === "\t";
    let left = before;
    while (left > from && blank(source[left - 1])) left--;
    if (left > 0 && source[left - 1] !== "\n") return [before, after];
    let right = after;
    while (right < source.length && blank(source[right])) right++;
    if (right < source.length && source[right] !== "\n") return [before, after];
    return [left, Math.min(right + 1, source.length)];
  }

  class Parser {
    constructor(source) {
      this.source = source;
      this.pieces = piecesOf(source);
      this.at = 0;
      this.depth = 0;
      this.loops = new Map();
      this.roots = new Set();
    }
    block(opened) {
      const nodes = [];
      while (this.at < this.pieces.length) {
        const piece = this.pieces[this.at++];
        if (!piece.tag) { nodes.push({ kind: "words", value: this.source.slice(piece.start, piece.end) }); continue; }
        if (/^[ \t\n\r]*#/.test(this.source.slice(piece.start, piece.end))) continue;
        const scanner = new Scanner(this.source, piece.start, piece.end);
        if (scanner.isName("end") || scanner.isName("else")) {
          if (opened === null) throw new Fault(scanner.now.at, `there is no block that this '${scanner.now.value}' could belong to`);
          return [nodes, scanner];
        }
        nodes.push(this.tag(scanner, piece.start));
      }
      if (opened !== null) throw new Fault(opened, "this block has no {{ end }}");
      return [nodes, null];
    }
    tag(scanner, start) {
      const at = scanner.now.at;
      if (scanner.now.kind === "end") throw new Fault(start, "the tag is empty");
      if (scanner.take("if")) return this.nested(at, () => this.choice(scanner, at));
      if (scanner.take("for")) return this.nested(at, () => this.loop(scanner, at));
      const value = this.expression(scanner);
      this.finish(scanner);
      return { kind: "show", at, value };
    }
    choice(scanner, at) {
      const branches = [];
      let condition = this.expression(scanner);
      this.finish(scanner);
      for (;;) {
        const [block, ending] = this.block(at);
        branches.push({ condition, block });
        const word = ending.now.at;
        const isEnd = ending.take("end");
        if (!isEnd && condition === null) throw new Fault(word, "after 'else' only 'end' may come");
        if (!isEnd) ending.take("else");
        condition = !isEnd && ending.take("if") ? this.expression(ending) : null;
        this.finish(ending);
        if (isEnd) return { kind: "if", at, branches };
      }
    }
    loop(scanner, at) {
      const name = scanner.now;
      if (name.kind !== "name") throw new Fault(name.at, "write {{ for r in snapshot.reports }}");
      if (this.loops.has(name.value) || QU.names.some(n => n.path.split(".")[0] === name.value) || words.includes(name.value))
        throw new Fault(name.at, `'${name.value}' is taken; choose another name`);
      scanner.next();
      if (!scanner.take("in")) throw new Fault(scanner.now.at, "write {{ for r in snapshot.reports }}");
      const list = scanner.now;
      const path = this.path(scanner);
      const known = byPath.get(path);
      if (known === undefined || known.items === null)
        throw new Fault(list.at, `'${path}' is not a list; check.tags and snapshot.reports are`);
      this.roots.add(path.split(".")[0]);
      this.finish(scanner);
      this.loops.set(name.value, known);
      const [block, ending] = this.block(at);
      this.loops.delete(name.value);
      if (!ending.take("end")) throw new Fault(ending.now.at, "a 'for' has no 'else'");
      this.finish(ending);
      return { kind: "for", at, name: name.value, list: { kind: "name", path: path.split(".") }, block };
    }
    expression(scanner) {
      let left = this.and(scanner);
      while (scanner.take("or")) left = { kind: "or", left, right: this.and(scanner) };
      return left;
    }
    and(scanner) {
      let left = this.not(scanner);
      while (scanner.take("and")) left = { kind: "and", left, right: this.not(scanner) };
      return left;
    }
    not(scanner) {
      const at = scanner.now.at;
      return scanner.take("not") ? this.nested(at, () => ({ kind: "not", of: this.not(scanner) })) : this.comparison(scanner);
    }
    comparison(scanner) {
      const left = this.filtered(scanner);
      if (scanner.now.kind !== "sign" || !["==", "!=", "<", "<=", ">", ">="].includes(scanner.now.value)) return left;
      const sign = scanner.now.value;
      scanner.next();
      return { kind: "compare", sign, left, right: this.filtered(scanner) };
    }
    filtered(scanner) {
      let value = this.primary(scanner);
      while (scanner.take("|")) {
        const name = scanner.now;
        if (name.kind !== "name") throw new Fault(name.at, "the name of a filter is missing after |");
        scanner.next();
        const args = [];
        for (; scanner.now.kind === "text" || scanner.now.kind === "number"; scanner.next()) args.push(literal(scanner.now));
        const fault = filterFault(name.value, args);
        if (fault !== null) throw new Fault(name.at, fault);
        value = { kind: "filter", at: name.at, of: value, filter: name.value, args };
      }
      return value;
    }
    primary(scanner) {
      const token = scanner.now;
      if (token.kind === "text" || token.kind === "number") {
        scanner.next();
        return { kind: "literal", value: literal(token) };
      }
      if (scanner.take("true") || scanner.take("false")) return { kind: "literal", value: token.value === "true" };
      if (scanner.take("(")) {
        const inner = this.nested(token.at, () => this.expression(scanner));
        if (!scanner.take(")")) throw new Fault(token.at, "this parenthesis is not closed");
        return inner;
      }
      if (scanner.isSign(".")) throw new Fault(token.at, "names are written without a dot in front: check.name");
      if (token.kind !== "name") throw new Fault(token.at, "a name, a number or a text in quotes is missing here");
      return this.known(this.path(scanner), token.at);
    }
    known(path, at) {
      const parts = path.split(".");
      const list = this.loops.get(parts[0]);
      if (list !== undefined) {
        const fits = list.items.length === 0 ? parts.length === 1 : parts.length === 2 && list.items.includes(parts[1]);
        if (!fits)
          throw new Fault(at, list.items.length === 0
            ? `'${path}' is not known; an item of ${list.path} is a text`
            : `'${path}' is not known; ${parts[0]} has ${list.items.join(", ")}`);
        return { kind: "name", path: parts };
      }
      if (!byPath.has(path)) throw new Fault(at, unknown(path));
      this.roots.add(parts[0]);
      return { kind: "name", path: parts };
    }
    path(scanner) {
      let path = scanner.now.value;
      if (scanner.now.kind !== "name" || words.includes(path)) throw new Fault(scanner.now.at, "a name is missing here");
      scanner.next();
      while (scanner.take(".")) {
        if (scanner.now.kind !== "name") throw new Fault(scanner.now.at, "a name is missing after the dot");
        path += "." + scanner.now.value;
        scanner.next();
      }
      return path;
    }
    finish(scanner) {
      if (scanner.now.kind !== "end") throw new Fault(scanner.now.at, `'${scanner.now.value}' has no meaning here`);
    }
    nested(at, inner) {
      if (++this.depth > QU.limits.depth) throw new Fault(at, `blocks and parentheses are more than ${QU.limits.depth} deep`);
      const result = inner();
      this.depth--;
      return result;
    }
  }

  const literal = token => token.kind === "number" ? Number(token.value) : token.value;

  function unknown(path) {
    const all = QU.names.map(n => n.path);
    let near = all.filter(p => p.startsWith(path + "."));
    if (near.length > 0) return `'${path}' is a group; write one of ${near.join(", ")}`;
    const parts = path.split(".");
    near = all.filter(p => parts.length > 1 ? p.startsWith(parts[0] + ".") : p.endsWith("." + path));
    return near.length > 0 ? `'${path}' is not known; did you mean ${near.join(", ")}?` : `'${path}' is not known`;
  }

  function filterFault(name, args) {
    const filter = QU.filters.find(f => f.name === name);
    if (filter === undefined) return `there is no filter '${name}'; ${QU.filters.map(f => f.name).join(", ")} are known`;
    const all = filter.arguments.replace("?", "");
    const least = filter.arguments.includes("?") ? filter.arguments.indexOf("?") : all.length;
    if (args.length < least || args.length > all.length || args.some((a, i) => (typeof a === "number") !== (all[i] === "n")))
      return all.length === 0 ? `'${name}' takes nothing after it` : `'${name}' is written ${filter.help.slice(filter.help.indexOf("|"))}`;
    if (name === "truncate" && (args[0] < 1 || args[0] > QU.limits.filtered)) return `'truncate' takes a number from 1 to ${QU.limits.filtered}`;
    if (name === "replace" && args[0].length === 0) return "'replace' needs something to look for";
    if (name === "date" && args.length === 2 && offsetOf(args[1]) === null) return 'an offset is written "+02:00" or "-05:30"';
    return null;
  }

  function offsetOf(text) {
    const found = /^([+-])([0-9]{2}):([0-9]{2})$/.exec(text);
    if (found === null || text.length !== 6) return null;
    const hours = Number(found[2]), minutes = Number(found[3]);
    return hours <= 14 && minutes <= 59 ? (hours * 60 + minutes) * (found[1] === "-" ? -1 : 1) : null;
  }

  // Values: a text, a number, true or false, an array, an object.
  const isTrue = v => typeof v === "string" ? v.length > 0 : typeof v === "number" ? v !== 0 : typeof v === "boolean" ? v : Array.isArray(v) ? v.length > 0 : true;
  const isGroup = v => typeof v === "object" && v !== null && !Array.isArray(v);

  function shown(v) {
    if (typeof v === "string") return v;
    if (typeof v === "number" || typeof v === "boolean") return String(v);
    if (Array.isArray(v)) return v.length > 0 && isGroup(v[0]) ? String(v.length) : v.map(shown).join(", ");
    return "";
  }

  function truncate(text, limit) {
    if (text.length <= limit) return text;
    let end = limit - 1;
    if (end > 0 && /[\uD800-\uDBFF]/.test(text[end - 1])) end--;
    return text.slice(0, end) + "\u2026";
  }

  // Letter by letter: what would become two letters stays, and so does what each language does in its own way.
  const keeps = new Set(QU.caseless);
  const cased = (text, map) => Array.from(text, c => {
    const point = c.codePointAt(0);
    if (keeps.has(c) || (point >= 0x0588 && (point < 0x1E00 || point >= 0x2000))) return c;
    const other = map(c);
    return Array.from(other).length === 1 ? other : c;
  }).join("");
  const upper = c => c.toUpperCase();
  const lower = c => c.toLowerCase();

  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

  function date(time, format, offset) {
    const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/.exec(time);
    if (found === null || time.length !== 20) return time;
    const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    moment.setUTCHours(hour, minute, second);
    const real = moment.getUTCFullYear() === year && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day
      && hour < 24 && minute < 60 && second < 60;
    const east = offsetOf(offset);
    if (!real || year < 1970 || year > 9998 || east === null) return time;
    const local = new Date(moment.getTime() + east * 60000);
    const two = n => String(n).padStart(2, "0");
    const parts = {
      yyyy: String(local.getUTCFullYear()).padStart(4, "0"), MMM: months[local.getUTCMonth()], MM: two(local.getUTCMonth() + 1),
      ddd: days[local.getUTCDay()], dd: two(local.getUTCDate()), HH: two(local.getUTCHours()), mm: two(local.getUTCMinutes()),
      ss: two(local.getUTCSeconds()),
    };
    return format.replace(/yyyy|MMM|MM|ddd|dd|HH|mm|ss/g, part => parts[part]);
  }

  function duration(seconds) {
    const all = [[Math.floor(seconds / 86400), "d"], [Math.floor(seconds / 3600) % 24, "h"], [Math.floor(seconds / 60) % 60, "m"], [seconds % 60, "s"]];
    const from = all.findIndex(p => p[0] !== 0);
    const two = (from < 0 ? [] : all.slice(from, from + 2)).filter(p => p[0] > 0).map(p => p[0] + p[1]);
    return two.length === 0 ? "0s" : two.join(" ");
  }

  function lengthAfter(name, text, args) {
    return name !== "replace" ? text.length : text.length + (text.split(args[0]).length - 1) * (args[1].length - args[0].length);
  }

  function apply(name, value, text, args) {
    switch (name) {
      case "upper": return cased(text, upper);
      case "lower": return cased(text, lower);
      case "trim": {
        let start = 0, end = text.length;
        while (start < end && isSpace(text[start])) start++;
        while (end > start && isSpace(text[end - 1])) end--;
        return text.slice(start, end);
      }
      case "truncate": return truncate(text, args[0]);
      case "default": return isTrue(value) ? value : args[0];
      case "replace": return text.split(args[0]).join(args[1]);
      case "join": return Array.isArray(value) ? value.map(shown).join(args[0]) : value;
      case "date": return date(text, args[0], args.length > 1 ? args[1] : "+00:00");
      case "duration": return typeof value === "number" ? duration(value) : value;
      default: return Array.isArray(value) ? value.length : text.length;
    }
  }

  class Run {
    constructor(values, markup, budget) { this.values = values; this.markup = markup; this.budget = budget; this.output = ""; this.loops = new Map(); }
    render(nodes) {
      for (const node of nodes) {
        switch (node.kind) {
          case "words":
            this.spend(1, 0);
            this.write(node.value, 0);
            break;
          case "show":
            this.write(escape(this.markup, shown(this.evaluate(node.value, node.at))), node.at);
            break;
          case "if": {
            const taken = node.branches.find(b => b.condition === null || isTrue(this.evaluate(b.condition, node.at)));
            if (taken !== undefined) this.render(taken.block);
            break;
          }
          default:
            for (const item of this.evaluate(node.list, node.at)) {
              this.spend(1, node.at);
              this.loops.set(node.name, item);
              this.render(node.block);
            }
        }
      }
    }
    evaluate(expression, at) {
      this.spend(1, at);
      switch (expression.kind) {
        case "literal": return expression.value;
        case "name": return this.find(expression.path);
        case "not": return !isTrue(this.evaluate(expression.of, at));
        case "and": return isTrue(this.evaluate(expression.left, at)) ? this.evaluate(expression.right, at) : false;
        case "or": {
          const left = this.evaluate(expression.left, at);
          return isTrue(left) ? left : this.evaluate(expression.right, at);
        }
        case "compare": return compare(expression.sign, this.evaluate(expression.left, at), this.evaluate(expression.right, at));
        default: {
          const value = this.evaluate(expression.of, at);
          const text = shown(value);
          this.spend(1 + Math.floor(text.length / 64), expression.at);
          if (lengthAfter(expression.filter, text, expression.args) > QU.limits.filtered)
            throw new Fault(expression.at, `the text grows over ${QU.limits.filtered} characters`);
          return apply(expression.filter, value, text, expression.args);
        }
      }
    }
    find(path) {
      let found = this.loops.has(path[0]) ? this.loops.get(path[0]) : this.values[path[0]];
      for (let i = 1; i < path.length; i++) found = isGroup(found) ? found[path[i]] : undefined;
      return found === undefined ? "" : found;
    }
    spend(steps, at) {
      this.budget.steps -= steps;
      if (this.budget.steps < 0) throw new Fault(at, `the template takes more than ${QU.limits.steps} steps`);
    }
    write(text, at) {
      this.budget.output -= bytes(text);
      if (this.budget.output < 0) throw new Fault(at, `subject and body grow over ${QU.limits.output} bytes`);
      this.output += text;
    }
  }

  function compare(sign, left, right) {
    const a = numberOf(left), b = numberOf(right);
    const [x, y] = a !== null && b !== null ? [a, b] : [shown(left), shown(right)];
    switch (sign) {
      case "==": return x === y;
      case "!=": return x !== y;
      case "<": return x < y;
      case "<=": return x <= y;
      case ">": return x > y;
      default: return x >= y;
    }
  }

  const numberOf = v => typeof v === "number" ? v : typeof v === "string" && /^[0-9]{1,9}$/.test(v) && v.length <= 9 ? Number(v) : null;

  function escape(markup, value) {
    if (value.length === 0) return markup.empty;
    let escaped = markup.around;
    for (let i = 0; i < value.length; i++) escaped += Object.hasOwn(markup.replaced, value[i]) ? markup.replaced[value[i]] : value[i];
    return escaped + markup.around;
  }

  function place(source, fault) {
    const before = source.slice(0, Math.min(fault.at, source.length));
    const line = before.split("\n").length;
    return { line, column: before.length - before.lastIndexOf("\n"), words: fault.message };
  }

  // { template } or { fault }
  function parse(text) {
    if (text.length > QU.limits.source)
      return { fault: { line: 1, column: 1, words: `the template has ${text.length} characters; at most ${QU.limits.source} are allowed` } };
    const source = text.replaceAll("\r\n", "\n");
    try {
      const parser = new Parser(source);
      return { template: { source, nodes: parser.block(null)[0], roots: parser.roots } };
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      return { fault: place(source, e) };
    }
  }

  // { text } or { fault }
  function render(template, values, markup, budget) {
    try {
      const run = new Run(values, markup, budget);
      run.render(template.nodes);
      return { text: run.output };
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      return { fault: place(template.source, e) };
    }
  }

  const budget = () => ({ steps: QU.limits.steps, output: QU.limits.output });
  const faultText = f => `line ${f.line}, column ${f.column}: ${f.words}`;

  function clean(text, limit) {
    let line = "", gap = false;
    for (const c of text) {
      if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u.test(c)) { gap = line.length > 0; continue; }
      if (gap) line += " ";
      gap = false;
      line += c;
      if (line.length > limit) break;
    }
    return truncate(line, limit);
  }

  function trimEnd(text, some) {
    let end = text.length;
    while (end > 0 && some.includes(text[end - 1])) end--;
    return text.slice(0, end);
  }

  // What an alert with these templates sends for a sample: { subject, body, fault }.
  function compose(subject, body, sample, markup) {
    const fallback = QU.defaults[sample.default];
    const usual = fault => {
      const left = budget();
      const head = render(parse(fallback.subject).template, sample.values, QU.markups.plain, left).text;
      const text = render(parse(fallback.body).template, sample.values, markup, left).text;
      return { subject: oneLine(head, sample), body: trimEnd(text, "\n"), fault, own: false, ownSubject: false };
    };
    if (subject === "" && body === "") return usual(null);
    const own = (field, text, other) => {
      const read = parse(text === "" ? other : text);
      if (read.fault !== undefined) return { fault: `${field}: ${faultText(read.fault)}` };
      return !sample.aboutCheck && text !== "" && !read.template.roots.has("kind") && !read.template.roots.has("member") ? parse(other) : read;
    };
    const head = own("subject", subject, fallback.subject);
    if (head.fault !== undefined) return usual(head.fault);
    const text = own("body", body, fallback.body);
    if (text.fault !== undefined) return usual(text.fault);
    const left = budget();
    const first = render(head.template, sample.values, QU.markups.plain, left);
    if (first.fault !== undefined) return usual(`subject: ${faultText(first.fault)}`);
    const rest = render(text.template, sample.values, markup, left);
    if (rest.fault !== undefined) return usual(`body: ${faultText(rest.fault)}`);
    return { subject: oneLine(first.text, sample), body: trimEnd(rest.text, " \t\n\r"), fault: null,
      own: text.template.source !== fallback.body, ownSubject: head.template.source !== fallback.subject };
  }

  // The same as a receiver gets it; without a subject where it has no place for one.
  function send(receiver, subject, body, sample) {
    const markup = QU.markups[receiver];
    const sent = compose(subject, body, sample, markup);
    switch (receiver) {
      case "discord": {
        const usual = compose("", "", sample, QU.markups["discord-code"]).body;
        const head = sent.own || sent.ownSubject ? `**${escape(markup, sent.subject)}**\n` : `**${sample.values.verb}** `;
        return { subject: "", body: truncate(head + (sent.own ? sent.body : usual), QU.limits.discord), fault: sent.fault };
      }
      case "telegram":
        return { subject: "", body: truncate(`${escape(markup, sent.subject)}\n\n${sent.body}`, QU.limits.telegram), fault: sent.fault };
      case "slack":
        return { subject: escape(markup, sent.subject), body: truncate(sent.body, QU.limits.slack), fault: sent.fault };
      default:
        return sent;
    }
  }

  const oneLine = (subject, sample) => trimEnd(clean(subject, QU.limits.subject), " ").replace(/^ +/, "") || sample.values.verb;

  return { parse, render, send, budget };
})();
