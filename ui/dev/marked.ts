import type { SubjectMarks } from "../src/api/bindings.ts";
import type { Handlers } from "../test/transport.ts";

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";

/** What the team has marked Tomaž with. */
const MARKS: SubjectMarks = {
  tags: ["Fair 2026", "VIP"],
  tasks: [
    {
      id: "offer",
      text: "Send the offer for the glulam beams",
      due: "2026-11-17",
      member: "maja",
      done: false,
      by: "ana",
      at: "2026-11-12T08:00:00Z",
      waiting: false,
    },
    {
      id: "visit",
      text: "Measure on site before the order",
      due: "2026-11-27",
      member: "ana",
      done: false,
      by: "maja",
      at: "2026-11-13T08:00:00Z",
      waiting: false,
    },
    {
      id: "samples",
      text: "Send oak samples",
      due: null,
      member: null,
      done: true,
      by: "maja",
      at: "2026-11-10T08:00:00Z",
      waiting: false,
    },
  ],
};

/** Tags and tasks of the sample company. */
export class Marked {
  private readonly of = new Map([[TOMAZ, MARKS]]);
  private readonly tell: () => Promise<void>;

  constructor(tell: () => Promise<void>) {
    this.tell = tell;
  }

  on(subject: string): SubjectMarks {
    return this.of.get(subject) ?? { tags: [], tasks: [] };
  }

  handlers(): Handlers {
    const tasks = (subject: string) => this.on(subject).tasks;
    return {
      marks: (subject) => this.on(subject),
      setTag: (subject, words, on) => {
        const rest = this.on(subject).tags.filter((tag) => tag !== words);
        return this.mark(subject, { tags: on ? [...rest, words].sort() : rest });
      },
      saveTask: async (subject, task, { text, due, member }) => {
        const id = task ?? `task${tasks(subject).length + 1}`;
        const made = { id, text, due, member, done: false, by: "maja", at: null, waiting: false };
        await this.mark(subject, { tasks: [made, ...tasks(subject)] });
        return id;
      },
      finishTask: (subject, id, done) =>
        this.mark(subject, {
          tasks: tasks(subject).map((task) => (task.id === id ? { ...task, done } : task)),
        }),
      removeTask: (subject, id) =>
        this.mark(subject, { tasks: tasks(subject).filter((task) => task.id !== id) }),
    };
  }

  private async mark(subject: string, change: Partial<SubjectMarks>): Promise<null> {
    this.of.set(subject, { ...this.on(subject), ...change });
    await this.tell();
    return null;
  }
}
