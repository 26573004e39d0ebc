/** Numbers as they are written and as people type them. How many digits and which brackets Python writes comes with the data. */

const FIRST_SLOT = 0xe000;
const SLOTS = 0x800;

/** Python's format(x, ".6g"), or with as many digits as are asked for, and never -0; a word for what is no number. */
function format(x, count = DATA.numbers.digits) {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return fill(Number.isNaN(x) ? "nan" : "infinite");
  return layOut(roundTo(x, count), count);
}

/** Python's repr(x). */
function repr(x) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
  const text = Object.is(x, -0) ? "-0" : layOut(x.toExponential(), 16);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** x with an exponent, an exact tie rounded to the even digit, as Python does, and not up. */
function roundTo(x, count) {
  const shortest = x.toExponential();
  const digits = shortest.replace(/e.*|[-.]/g, "");
  const isTie = digits.length === count + 1 && digits.endsWith("5") && /^50*e/.test(Math.abs(x).toExponential(100).slice(count + 1));
  return isTie && "02468".includes(digits[count - 1]) ? shortest.replace("5e", "e") : x.toExponential(count - 1);
}

/** A number with an exponent as Python lays it out: without one where few zeros do. */
function layOut(text, most) {
  const [, sign, digits, power] = /^(-?)([\d.]+?)\.?0*e(.*)$/.exec(text.replace(/^(-?\d)e/, "$1.e"));
  const exponent = Number(power);
  if (exponent < -4 || exponent >= most) return `${sign}${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const plain = digits.replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${plain}`;
  const after = plain.slice(exponent + 1);
  return sign + plain.slice(0, exponent + 1).padEnd(exponent + 1, "0") + (after && `.${after}`);
}

/** A number or a name as it stands in a slot: plain, in brackets if it is negative or a sum, or as an exponent. */
function bracket(kind, text, isSum = text.startsWith("-")) {
  const form = DATA.numbers.slots[kind][2 * /^-?\d+$/.test(text) + isSum];
  return form.replace(/\{(number|raised)\}/, (_, how) => (how === "number" ? text : [...text].map((c) => SUPERSCRIPTS[c]).join("")));
}

const inSlot = (kind, x) => bracket(kind, format(x));

/** A formula that was written with slots, each filled in by its kind and place. */
function putInto(template, write) {
  return [...template].map((character) => {
    const place = character.codePointAt(0) - FIRST_SLOT;
    const kind = Math.floor(place / SLOTS);
    return kind < 0 || kind > 2 ? character : write(kind, place % SLOTS);
  }).join("");
}

const filled = (template, numbers) => putInto(template, (kind, i) => inSlot(kind, numbers[i]));
const named = (template, nodes) => putInto(template, (kind, i) => bracket(kind, nodes[i].name, Boolean(nodes[i].sum)));

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const THOUSANDS = /^[-+]?[1-9]\d{0,2}(,\d{3})+$/;

/** { value }, or { problem }: why a text is no finite number. A decimal comma, either minus sign and a fraction will do. */
function readNumber(text) {
  const plain = text.trim().replace(/[−–]/g, "-");
  if (!plain) return { problem: "A number is missing." };
  if (THOUSANDS.test(plain)) {
    const [whole] = plain.split(",");
    return { problem: `${plain} can be read in two ways: write ${plain.replaceAll(",", "")}, or ${whole}.${plain.slice(whole.length + 1).replaceAll(",", "")}.` };
  }
  const parts = plain.split("/").map((part) => part.trim().replace(",", "."));
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) {
    return { problem: `${shortened(plain)} is no number: write one such as 0.25, -3e-2 or 1/3.` };
  }
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  if (Number.isFinite(value)) return { value };
  return { problem: parts.length === 2 && Number(parts[1]) === 0 ? `${plain} divides by 0.` : `${shortened(plain)} does not fit a float.` };
}

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
