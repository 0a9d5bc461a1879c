import { type ApiError, commands } from "./bindings.ts";
import { Failure } from "./failure.ts";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: ApiError };
type Throwing<F> = F extends (...args: infer A) => Promise<Answer<infer T>>
  ? (...args: A) => Promise<T>
  : never;
type Api = { readonly [Name in keyof typeof commands]: Throwing<(typeof commands)[Name]> };

/**
 * Every command, answering with its data or throwing a `Failure`.
 *
 * The rest of the window speaks to Rust only through this and through `queries.ts`.
 */
export const api = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [name, throwing(command)]),
) as Api;

function throwing(command: (...args: never[]) => Promise<Answer<unknown>>) {
  return async (...args: never[]): Promise<unknown> => {
    const answer = await command(...args);
    if (answer.status === "error") throw new Failure(answer.error);
    return answer.data;
  };
}
