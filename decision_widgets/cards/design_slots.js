// When each region has which arm, by the coins that Python tosses too (decision_widgets/design/schedule.py).
const designSlots = (() => {
  const DAY = 1440;
  const GOLDEN = 0x9e3779b9;
  const EVERYWHERE = "all";
  const LEAST_MINIMAX = 4;
  const USUAL_DAYS = 14;
  const UNITS = { d: DAY, day: DAY, days: DAY, h: 60, hour: 60, hours: 60, min: 1, minutes: 1, m: 1 };
  const utf8 = new TextEncoder();

  const mix = (h) => {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const nameHash = (region) => utf8.encode(region).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
  const coinOf = (seed, region) => {
    const start = mix(mix((seed ^ GOLDEN) >>> 0) ^ nameHash(region));
    return (number) => mix(start ^ Math.imul(number + 1, GOLDEN));
  };

  const minuteOf = (moment) => Date.parse(`${moment}:00Z`) / 60000;

  const blocksOf = ({ assignment, slot, carryover }, start, n) => {
    const at = Array.from({ length: n }, (_, i) => i);
    if (assignment === "pairs") return at.map((i) => i >> 1);
    if (assignment === "day-balanced") {
      const first = minuteOf(start);
      return at.map((i) => Math.floor((first + i * slot) / DAY) - Math.floor(first / DAY));
    }
    if (assignment === "minimax") {
      const order = Math.ceil(carryover / slot);
      return at.map((i) => Math.min(Math.max(Math.floor(i / order) - 1, 0), n / order - 3));
    }
    return at;
  };

  const balanced = (blocks, coin) => {
    let [tossed, text] = [0, ""];
    for (let block = blocks[0]; block <= blocks.at(-1); block++) {
      const n = blocks.filter((each) => each === block).length;
      const treated = (n >> 1) + (n % 2 ? coin(tossed++) >>> 31 : 0);
      const deal = Array.from({ length: n }, (_, i) => (i < treated ? "1" : "0"));
      for (let i = n - 1; i > 0; i--) {
        const j = coin(tossed++) % (i + 1);
        [deal[i], deal[j]] = [deal[j], deal[i]];
      }
      text += deal.join("");
    }
    return text;
  };

  const armsByCoin = (assignment, blocks, seed, region) => {
    const coin = coinOf(seed, region);
    if (assignment === "day-balanced") return balanced(blocks, coin);
    const pairs = assignment === "pairs";
    return blocks.map((block, i) => (coin(block) >>> 31) ^ (pairs ? i & 1 : 0)).join("");
  };

  const daysAlike = (text, perDay) => {
    const days = [];
    for (let i = 0; i < text.length - (text.length % perDay); i += perDay) days.push(text.slice(i, i + perDay));
    return days.length > 1 && new Set(days).size === 1;
  };
  // Arms that cannot be told from the clock: one arm only, every day alike, or strictly alternating.
  const tied = (texts, slot) => {
    const all = [...new Set(texts)];
    if (!(all.some((text) => text.includes("0")) && all.some((text) => text.includes("1")))) return true;
    const perDay = slot < DAY ? Math.floor(DAY / slot) : 0;
    if (perDay && all.every((text) => daysAlike(text, perDay))) return true;
    return all.every((text) => text.length > 3 && [...text].every((arm, i) => !i || arm !== text[i - 1]));
  };

  const minutesOf = (given) => {
    const text = given.trim().toLowerCase();
    if (!text) return null;
    if (/^\d{1,6}$/.test(text)) return Number(text);
    if (!/^(\s*\d+(\.\d+)?\s*[a-z]+\s*)+$/.test(text)) return undefined;
    let total = 0;
    for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
      if (!(unit in UNITS)) return undefined;
      total += Number(number) * UNITS[unit];
    }
    return Number.isInteger(total) && total < 1e7 ? total : undefined;
  };
  const lengthText = (minutes) => {
    if (minutes && minutes % DAY === 0) return `${minutes / DAY}d`;
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    return (hours ? `${hours}h` : "") + (rest || !hours ? `${rest}min` : "");
  };
  const momentOf = (given) => {
    const text = given.trim();
    if (!text) return null;
    const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::00)?)?$/.exec(text);
    if (!found) return undefined;
    const moment = `${found[1]}T${found[2] ?? "00:00"}`;
    const time = Date.parse(`${moment}:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(moment) ? moment : undefined;
  };

  // How the form cuts time; null while a field is not read or slots do not fit into days.
  const slotsOf = (form, whole) => {
    const [slot, burnIn, reach] = ["slot", "burn_in", "carryover"].map((key) => minutesOf(form[key]));
    const [days, seed, start] = [whole(form.days), whole(form.seed), momentOf(form.start)];
    if (!slot || [burnIn, reach, days, seed, start].includes(undefined) || days === 0) return null;
    const [length, drawnWith] = [days ?? USUAL_DAYS, seed ?? 0];
    if ((DAY % slot && slot % DAY) || (length * DAY) % slot || drawnWith > 0xffffffff || (form.region && !form.regions.length)) return null;
    const regions = form.region ? form.regions : [EVERYWHERE];
    const together = form.together || !form.region;
    const found = { slot, burnIn: burnIn ?? 0, carryover: reach ?? burnIn ?? 0, days: length, start: start ?? "2026-01-01T00:00", seed: drawnWith };
    return { ...found, assignment: form.assignment, regions, together, cluster: form.cluster, n: (length * DAY) / slot };
  };
  const fits = ({ assignment, carryover, slot, n }) => {
    if (assignment !== "minimax") return true;
    const order = Math.ceil(carryover / slot);
    return order > 0 && n % order === 0 && n / order >= LEAST_MINIMAX;
  };
  // One reading of a form asks for the same schedule several times.
  let drawn = [null, null];
  const draw = (slots) => {
    const key = JSON.stringify(slots);
    if (drawn[0] !== key) {
      const blocks = blocksOf(slots, slots.start, slots.n);
      const arms = slots.regions.map((name) => [name, armsByCoin(slots.assignment, blocks, slots.seed, slots.together ? EVERYWHERE : name)]);
      drawn = [key, Object.fromEntries(arms)];
    }
    return drawn[1];
  };
  const clusters = (slots) => {
    const regions = slots.regions.length;
    const drawn = () => new Set(blocksOf(slots, slots.start, slots.n)).size * (slots.together ? 1 : regions);
    const { n, days } = slots;
    return slots.cluster === "draw" ? drawn() : { slot: n, "region-slot": n * regions, day: days, "region-day": days * regions, region: regions }[slots.cluster];
  };

  return { DAY, coinOf, blocksOf, armsByCoin, tied, minutesOf, lengthText, momentOf, slotsOf, fits, draw, clusters };
})();
