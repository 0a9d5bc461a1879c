import { ChangeSet, Text } from "@codemirror/state";
import { expect, it } from "vitest";
import type { NoteEdit, NoteEdited, NoteNews, NoteView } from "../../api/bindings.ts";
import { Failure } from "../../api/failure.ts";
import { exchangeNote, type NoteState } from "./exchange.ts";
import { changesOf, scalarsIn, splicesOf, unitsAfter } from "./splices.ts";

const SUBJECT = "address:tomaz@mizarstvo-kovac.example";
const textOf = (words: string) => Text.of(words.split("\n"));

/** The other side of the door as its contract says: it knows every revision and what came after it. */
class Store {
  waiting = 0;
  count = 0;
  broken: Error | null = null;
  private text: Text;
  private readonly texts: Text[];
  private log: ChangeSet[] = [];
  /** Everything written, as the line brings it to others. */
  readonly news: NoteNews[] = [];
  private readonly name: string;

  constructor(words: string, name = "r") {
    this.text = textOf(words);
    this.texts = [this.text];
    this.name = name;
  }

  get words(): string {
    return this.text.toString();
  }

  view(): NoteView {
    return {
      subject: SUBJECT,
      text: this.words,
      revision: this.revision(),
      version: this.log.length,
      updatedAt: null,
      updatedBy: null,
      waiting: this.waiting,
    };
  }

  edit({ revision, splices }: NoteEdit): NoteEdited {
    if (this.broken) throw this.broken;
    const [name, number] = revision.split(" ");
    if (name !== this.name) throw new Failure({ code: "usage", message: "Unknown revision." });
    const since = this.log.slice(Number(number));
    const before = this.texts[Number(number)] ?? this.text;
    const mine = changesOf(before, splices);
    let others = ChangeSet.empty(before.length);
    for (const change of since) others = others.compose(change);
    const moved = mine.map(others, true);
    const theirs = others.map(mine);
    this.text = moved.apply(this.text);
    if (!moved.empty) {
      const from = this.revision();
      const splices = splicesOf(this.texts.at(-1) ?? this.text, moved);
      this.log.push(moved);
      this.texts.push(this.text);
      const version = this.log.length;
      const one = { subject: SUBJECT, from, revision: this.revision(), splices, version };
      this.news.push({ written: [one], ...this.counted() });
    }
    const answer = splicesOf(mine.apply(before), theirs);
    const version = this.log.length;
    return { revision: this.revision(), splices: answer, version, ...this.counted() };
  }

  counted() {
    this.count += 1;
    return { waiting: this.waiting, count: this.count };
  }

  private revision(): string {
    return `${this.name} ${this.log.length}`;
  }
}

/** Someone at a window: a text on screen and its exchange. Answers arrive when `answer` is called. */
class Desk {
  screen: Text;
  readonly states: NoteState[] = [];
  asked = 0;
  now = 0;
  store: Store;
  private readonly open: (() => void)[] = [];
  private readonly exchange: ReturnType<typeof exchangeNote>;

  constructor(store: Store) {
    this.store = store;
    const view = store.view();
    this.screen = textOf(view.text);
    this.exchange = exchangeNote({
      view,
      door: {
        read: async () => this.store.view(),
        edit: (edit) =>
          new Promise((resolve, reject) => {
            this.asked += 1;
            this.open.push(() => {
              try {
                resolve(this.store.edit(edit));
              } catch (error) {
                reject(error);
              }
            });
          }),
      },
      onTheirs: (changes) => {
        this.screen = changes.apply(this.screen);
      },
      onState: (state) => this.states.push(state),
      clock: () => this.now,
    });
  }

  get words(): string {
    return this.screen.toString();
  }

  get state(): string {
    return this.states.at(-1)?.kind ?? "none";
  }

  get waits(): number {
    return this.open.length;
  }

  write(from: number, to: number, insert: string): void {
    const changes = ChangeSet.of({ from, to, insert }, this.screen.length, "\n");
    const before = this.screen;
    this.screen = changes.apply(before);
    this.exchange.wrote(before, changes);
  }

  ask(): void {
    this.exchange.ask();
  }

  came(news: NoteNews): void {
    this.exchange.came(news);
  }

  async answer(): Promise<void> {
    this.open.shift()?.();
    // The answer passes through a few promises before the next question is asked.
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  }

  async settle(): Promise<void> {
    while (this.waits > 0) await this.answer();
  }
}

it("asks one thing at a time and sends what was written meanwhile together", async () => {
  const store = new Store("rok");
  const desk = new Desk(store);
  desk.write(3, 3, " d");
  desk.write(5, 5, "o");
  desk.write(6, 6, "b");
  expect(desk.asked, "one question is open").toBe(1);
  expect(desk.state).toBe("saving");
  await desk.answer();
  expect(desk.asked, "the rest goes in one piece").toBe(2);
  await desk.settle();
  expect(store.words).toBe("rok dob");
  expect(desk.state).toBe("saved");
});

it("keeps both words when two people write at once", async () => {
  const store = new Store("- Rok 😀 dobave");
  const [ana, maja] = [new Desk(store), new Desk(store)];
  ana.write(5, 5, " točen");
  maja.write(maja.screen.length, maja.screen.length, " v delavnici");
  maja.write(0, 2, "* ");
  await ana.settle();
  await maja.settle();
  ana.ask();
  await ana.settle();
  expect(ana.words, "the same on both screens").toBe(maja.words);
  expect(ana.words).toBe("* Rok točen 😀 dobave v delavnici");
});

it("moves what comes while one writes around the letters that are not sent yet", async () => {
  const store = new Store("konec");
  const [ana, maja] = [new Desk(store), new Desk(store)];
  ana.write(0, 0, "Ana: ");
  await ana.settle();
  maja.write(5, 5, "!");
  maja.write(6, 6, "!");
  expect(maja.words, "nothing jumps while it waits").toBe("konec!!");
  await maja.settle();
  expect(maja.words).toBe("Ana: konec!!");
  expect(store.words).toBe(maja.words);
});

it("tells how many changes wait while the team's server is away, and how long it took", async () => {
  const store = new Store("");
  const desk = new Desk(store);
  store.waiting = 12;
  desk.write(0, 0, "a");
  await desk.settle();
  expect(desk.states.at(-1)).toEqual({ kind: "waiting", changes: 12 });
  store.waiting = 0;
  desk.now = 40;
  desk.ask();
  await desk.settle();
  expect(desk.states.at(-1), "from the letter to the server").toEqual({ kind: "saved", ms: 40 });
});

it("loses nothing when a question fails, and sends it with the next", async () => {
  const store = new Store("a");
  const desk = new Desk(store);
  store.broken = new Failure({ code: "store", message: "The store is locked." });
  desk.write(1, 1, "b");
  desk.write(2, 2, "c");
  await desk.settle();
  expect(desk.state).toBe("failed");
  expect(desk.words, "the words stay").toBe("abc");
  store.broken = null;
  desk.ask();
  await desk.settle();
  expect(store.words).toBe("abc");
  expect(desk.state).toBe("saved");
});

it("goes on from the text alone when its revision is not known any more", async () => {
  const desk = new Desk(new Store("rok dobave"));
  desk.store = new Store("Naš rok dobave", "other");
  desk.write(10, 10, "!");
  await desk.settle();
  expect(desk.words, "what is there now and what was written").toBe("Naš rok dobave!");
  expect(desk.store.words).toBe(desk.words);
});

it("gives up on a store that never knows it", async () => {
  const desk = new Desk(new Store("a"));
  desk.store = new Store("a", "b");
  desk.store.broken = new Failure({ code: "usage", message: "It does not fit." });
  desk.write(1, 1, "b");
  await desk.settle();
  expect(desk.state).toBe("failed");
});

it("shows what the line brings without asking", async () => {
  const store = new Store("rok 😀");
  const [ana, maja] = [new Desk(store), new Desk(store)];
  ana.write(6, 6, " dobave");
  await ana.settle();
  for (const news of store.news) maja.came(news);
  expect(maja.words).toBe("rok 😀 dobave");
  expect(maja.asked, "nothing was asked").toBe(0);
  for (const news of store.news) ana.came(news);
  expect([ana.words, ana.asked], "one's own words are known").toEqual(["rok 😀 dobave", 1]);
  maja.write(0, 0, "Naš ");
  await maja.settle();
  expect(store.words, "what is written next stands on it").toBe("Naš rok 😀 dobave");
});

it("asks when what the line brings does not follow what is shown", async () => {
  const store = new Store("a");
  const [ana, maja] = [new Desk(store), new Desk(store)];
  for (const sign of ["b", "c"]) {
    ana.write(ana.screen.length, ana.screen.length, sign);
    await ana.settle();
  }
  const [, second] = store.news;
  if (second) maja.came(second);
  expect([maja.words, maja.asked]).toEqual(["a", 1]);
  await maja.settle();
  expect(maja.words).toBe("abc");
});

it("leaves what comes while it waits for an answer until that is here", async () => {
  const store = new Store("konec");
  const [ana, maja] = [new Desk(store), new Desk(store)];
  maja.write(5, 5, "!");
  ana.write(0, 0, "Ana: ");
  await ana.settle();
  for (const news of store.news) maja.came(news);
  expect(maja.words, "the answer will have it").toBe("konec!");
  await maja.settle();
  expect([maja.words, maja.asked], "once").toEqual(["Ana: konec!", 1]);
  ana.write(0, 0, "- ");
  maja.write(maja.screen.length, maja.screen.length, "!");
  await maja.answer();
  await ana.settle();
  for (const news of store.news) maja.came(news);
  await maja.settle();
  expect(maja.words, "and what the answer had not").toBe(store.words);
});

it("says how long it took as soon as the line says that the server has it", async () => {
  const store = new Store("");
  const desk = new Desk(store);
  store.waiting = 1;
  desk.write(0, 0, "a");
  await desk.settle();
  expect(desk.state).toBe("waiting");
  desk.now = 23;
  store.waiting = 0;
  desk.came({ written: [], ...store.counted() });
  expect(desk.states.at(-1)).toEqual({ kind: "saved", ms: 23 });
  expect(desk.asked, "nothing was asked for it").toBe(1);
});

it("knows how much waits when the line's word and the answer cross", async () => {
  const store = new Store("");
  const desk = new Desk(store);
  desk.write(0, 0, "a");
  store.count = 1;
  desk.came({ written: [], waiting: 0, count: 3 });
  store.waiting = 1;
  await desk.settle();
  expect(desk.state, "the answer was counted before").toBe("saved");
  desk.write(1, 1, "b");
  await desk.settle();
  desk.came({ written: [], waiting: 1, count: 5 });
  desk.came({ written: [], waiting: 0, count: 4 });
  expect(desk.state, "news that came late").toBe("waiting");
  expect(desk.asked).toBe(2);
});

/** Numbers that look random and are the same every time. */
function numbers(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
}

const SIGNS = ["x", "č", "😀", "\n"];

/** One thing that happens at a desk: an answer comes, it asks, the line brings something, or somebody writes. */
async function happen(desk: Desk, random: (below: number) => number): Promise<void> {
  const what = random(5);
  if (what === 0) return desk.answer();
  if (what === 4) {
    // Late, twice or never: the line promises nothing.
    const { news } = desk.store;
    for (const one of news.slice(Math.max(0, news.length - 1 - random(3)))) desk.came(one);
    return;
  }
  if (what === 1) return desk.ask();
  const letters = scalarsIn(desk.words);
  const from = random(letters + 1);
  const to = Math.min(letters, from + random(4));
  const unit = (letter: number) => unitsAfter(desk.words, letter);
  desk.write(unit(from), unit(to), SIGNS[random(4)] ?? "");
}

it("comes to one text from any order of random edits", async () => {
  for (let start = 1; start <= 60; start += 1) {
    const random = numbers(start);
    const store = new Store("# Kovač 😀\n- rok\n- [ ] klic");
    const desks = [new Desk(store), new Desk(store), new Desk(store)] as const;
    for (let step = 0; step < 40; step += 1) {
      await happen(desks[random(3) as 0 | 1 | 2], random);
    }
    for (const desk of desks) await desk.settle();
    for (const desk of desks) desk.ask();
    for (const desk of desks) await desk.settle();
    for (const desk of desks) {
      expect(desk.words, `seed ${start}`).toBe(store.words);
      expect(desk.state).toBe("saved");
    }
  }
});
