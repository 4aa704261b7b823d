"""How the inspector's page bears a load: ``python -m tests.widgets.inspector_load``.

500 exchanges at 200 a second, in batches ten times a second as the feed sends them, with details
open and the arrows held down. Printed: frames drawn, the longest pause between two, and what a
key press waited for its row. Figures of this machine and hour: nothing asserts them.
"""

from __future__ import annotations

from tests.browser import chromium, open_page
from tests.widgets.inspector_page import Notebook
from tests.widgets.inspector_samples import build_samples, to_row

RATE_PER_S = 200
COUNT = 500
BATCHES_PER_S = 10

LOAD = """async ([batches, pause_ms]) => {
  const frames = [], waits = [];
  let isOver = false;
  const tick = (now) => { frames.push(now); if (!isOver) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const key = setInterval(() => {
    const before = performance.now();
    const down = { key: 'ArrowDown', bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', down));
    requestAnimationFrame(() => waits.push(performance.now() - before));
  }, 50);
  const begin = performance.now();
  let handling = 0;
  for (const [index, batch] of batches.entries()) {
    const before = performance.now();
    receive(batch);
    handling += performance.now() - before;
    const next = begin + (index + 1) * pause_ms;
    await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
  }
  isOver = true;
  clearInterval(key);
  const gaps = frames.slice(1).map((at, index) => at - frames[index]).sort((a, b) => a - b);
  waits.sort((a, b) => a - b);
  return {
    seconds: (performance.now() - begin) / 1000,
    frames: frames.length,
    median_gap_ms: gaps[gaps.length >> 1],
    longest_gap_ms: gaps.at(-1),
    handling_ms_per_batch: handling / batches.length,
    keys: waits.length,
    median_key_ms: waits[waits.length >> 1],
    longest_key_ms: waits.at(-1),
    lines: document.querySelectorAll('tbody tr.nbflask-line').length,
    heap_mb: performance.memory.usedJSHeapSize / 1e6,
  };
}"""


def main() -> None:
    row = to_row(build_samples()[-1])
    size = RATE_PER_S // BATCHES_PER_S
    with chromium() as browser, open_page(browser, height=1000) as page:
        notebook = Notebook(page, theme="light")
        notebook.say(notebook.batch({**row, "id": 1}, {**row, "id": 2}, reset=True))
        notebook.row(2).click()
        batches = [
            notebook.batch(*({**row, "id": number} for number in range(first, first + size)))
            for first in range(3, COUNT + 3, size)
        ]
        figures = page.evaluate(LOAD, [batches, 1000 / BATCHES_PER_S])
    for name, value in figures.items():
        print(f"{name:24}{value:10.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
