/** Numbers as people type them. */

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
