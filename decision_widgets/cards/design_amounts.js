// What is typed as a number, a share or a size, and what the form names.
const designAmounts = (() => {
  // undefined: something stands there and is not understood; null: nothing stands there.
  const clean = (text) => text.replace(/[,\s\u00a0\u202f]/g, "").replaceAll("\u2212", "-");
  const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
  const numberOf = (text) => {
    const [above, under, more] = clean(text).split("/");
    if (more !== undefined || !NUMBER.test(above) || (under && !NUMBER.test(under))) return undefined;
    const value = under ? Number(above) / Number(under) : Number(above);
    return Math.abs(value) < 1e300 ? value : undefined;
  };
  const effectOf = (text) => {
    const written = clean(text);
    if (!written) return null;
    const percent = written.endsWith("%");
    const value = numberOf(written.replace(/%$/, ""));
    if (value === undefined) return undefined;
    const share = percent ? value / 100 : value;
    return share >= 0 && share < (percent ? 10 : 1) ? share : undefined;
  };
  const shareOf = (text) => {
    const written = clean(text).replace(/%$/, "");
    const value = numberOf(written);
    if (value === undefined) return undefined;
    const share = written.includes("/") ? value : value / 100;
    return share > 0 && share < 10 ? share : undefined;
  };
  const wholeOf = (text) => {
    const written = clean(text);
    if (!written) return null;
    return /^\d{1,15}$/.test(written) ? Number(written) : undefined;
  };
  const tidy = (value) => {
    const text = Math.abs(value).toFixed(2).replace(/\.?0+$/, "");
    return value < 0 && text !== "0" ? `\u2212${text}` : text;
  };
  const read = (value) => (value === undefined ? null : value);

  const chosen = (form) => form.metrics.map((metric, at) => [at, metric]).filter(([, metric]) => metric.role !== "ignore");
  const whoWords = (form) => {
    if (form.design === "switchback") return "days";
    const stem = form.participant.replace(/_id$/, "");
    return form.participant.endsWith("_id") && /^[a-z]{3,19}$/.test(stem) ? `${stem}s` : "participants";
  };
  const namedColumns = (form) => {
    const parts = form.design === "between" ? ["participant", "arm", "time"] : ["time", "arm", "region"];
    return Object.fromEntries(parts.map((part) => [part, form[part].trim()]).filter(([, column]) => column));
  };

  return { effectOf, shareOf, wholeOf, tidy, read, chosen, whoWords, namedColumns };
})();
