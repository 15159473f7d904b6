// What stands around the five steps, as HTML: the frame, the plan so far, and what the kernel is doing.
const DESIGN_STEPS = ["design", "data", "metrics", "assignment", "power"];

const designFrame = (() => {
  const titles = (form) => ["Design", "Data", "Metrics", form.design === "between" ? "Clusters & assignment" : "Slots & assignment", "Power"];
  const page = (uid, lang) => {
    const lamp = (value, text) => `<label><input type="radio" name="${uid}-lang" value="${value}" data-key="lang/${value}"${lang === value ? " checked" : ""}>${text}</label>`;
    return (
      '<div class="dw-wiz"><header><p class="dw-wiz-title" role="heading" aria-level="3">Design an experiment</p><span class="muted" data-name dir="auto"></span><span class="grow"></span><span data-tag></span>' +
      `<button type="button" class="dw-btn" data-act="drawer" data-key="act/drawer" aria-controls="${uid}-drawer">${icon("code")}Code</button></header><div data-state></div>` +
      `<div class="cols"><nav aria-label="Steps"><ol class="dw-steps">${DESIGN_STEPS.map((name, at) => `<li><button type="button" data-act="step:${at}" data-key="step/${name}"><span class="n"></span><span class="t"><span data-title></span><small></small></span></button></li>`).join("")}</ol></nav>` +
      '<section class="panel" data-panel></section><section class="aside" aria-label="Plan so far"><p class="small strong" role="heading" aria-level="4">Plan so far</p><p data-plan></p><p class="small strong sub" role="heading" aria-level="4">Checks</p><ul data-checks></ul></section></div>' +
      `<div class="drawer" id="${uid}-drawer" data-drawer hidden><div class="row"><fieldset class="dw-seg"><legend class="vh">Language</legend>${lamp("python", "Python")}${lamp("cell", "%%decision")}</fieldset><span class="muted small">Running this gives exactly this form.</span><span class="grow"></span><button type="button" class="dw-btn" data-act="copy" data-key="act/copy">Copy</button><button type="button" class="dw-btn" data-act="insert" data-key="act/insert">Insert cell below</button></div>` +
      `<pre tabindex="0" data-code data-key="code" role="region" aria-label="Code"></pre></div>` +
      '<footer><button type="button" class="dw-btn" data-act="back" data-key="act/back">Back</button><button type="button" class="dw-btn primary" data-act="next" data-key="act/next"></button><span class="grow"></span><span class="muted small" data-count></span></footer><p class="vh" role="status" data-spoken></p>' + `<span id="${uid}-errors" hidden>has errors</span></div>`
    );
  };

  const fileName = (name) => name.replace(/[^\p{L}\p{N}_-]+/gu, "_").replace(/^_+|_+$/g, "") || "experiment";
  const plan = (view) => view.plan.map(({ text, strong }) => (strong ? `<b>${escaped(text)}</b>` : escaped(text))).join("");
  const checks = (view) => view.checks.map(({ tone, text }) => `<li class="t-${tone}"><span class="tone">${icon(tone === "good" ? "check" : "triangle", tone === "good" ? "Passed" : "Warning")}</span><span>${escaped(text)}</span></li>`).join("");
  const likeness = (told) => `${designAmounts.tidy(told.rows_each)} rows each, ICC ${(told.icc ?? 0).toFixed(3)} for ${told.metric}: without clusters its errors would be ${Math.round(100 * (1 - told.design_effect ** -0.5))}% too small (design effect \u00d7\u00a0${told.design_effect.toFixed(2)}).`;
  const blocked = (wrong, titles) => {
    if (!wrong.length) return "";
    const list = wrong.map((each) => `<li><button type="button" class="dw-btn quiet" data-act="step:${DESIGN_STEPS.indexOf(each.step)}" data-key="fix/${each.code}/${escaped(each.path)}">${escaped(titles[DESIGN_STEPS.indexOf(each.step)])}</button> ${escaped(each.title)}</li>`);
    return `<div class="dw-msg t-bad">${icon("alert", "Error")}<div class="body"><b>Errors stand in the way.</b> Power and Create wait until they are mended:<ul class="fixes">${list.join("")}</ul></div></div>`;
  };
  const deeds = ({ wrong, computed, plan, several, created }) => {
    const off = wrong ? ' aria-disabled="true"' : "";
    return (
      `<button type="button" class="dw-btn" data-act="power" data-key="act/power"${off}>${computed ? "Compute again" : "Compute"}</button>` +
      (plan ? '<button type="button" class="dw-btn" data-act="adopt" data-key="act/adopt">Use this plan</button>' : "") +
      (several ? `<button type="button" class="dw-btn" data-act="analyse" data-key="act/analyse"${off}>Analyse the data</button>` : "") +
      (created ? `<span class="dw-tag toned t-good">${icon("check")}created</span>` : "")
    );
  };
  const job = (told, { asking, old, name }) => {
    const share = told.share ?? null;
    const bar = asking && told.stage ? `<p class="small"><b>${escaped(told.stage)}</b>${share === null ? "" : ` ${share}%`}</p><div class="dw-prog" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${share ?? 0}"><i style="width:${share ?? 0}%"></i></div>` : "";
    const failed = told.failed ? `<div class="dw-msg t-bad">${icon("alert", "Error")}<div class="body">${escaped(told.failed)}</div></div>` : "";
    const made = told.done === "create" ? `<div class="dw-msg t-good">${icon("check")}<div class="body"><b>Created.</b> It is <code>widget.created</code>; <code>widget.save("${fileName(name)}")</code> keeps it as a file.</div></div>` : "";
    const changed = old ? `<div class="dw-msg t-warn">${icon("triangle", "Out of date")}<div class="body"><b>The form changed since this was computed.</b> Compute again.</div></div>` : "";
    return bar || failed || changed || made || (asking ? '<p class="small muted">Asking Python\u2026</p>' : "");
  };
  const stale = ({ reason }) => `<div class="dw-msg t-warn">${icon("triangle", "Out of date")}<div class="body"><b>Out of date.</b> ${escaped(reason)}</div><div class="do"><button type="button" class="dw-btn" data-act="profile" data-key="act/stale">Re-profile</button></div></div>`;
  return { titles, page, plan, checks, likeness, blocked, deeds, job, stale };
})();
