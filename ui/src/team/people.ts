import type { TeamMember } from "../api/bindings.ts";

type Colour = 1 | 2 | 3 | 4 | 5 | 6;
const COLOURS: readonly Colour[] = [1, 2, 3, 4, 5, 6];

/**
 * A member's colour by the order of joining, which is the order of their ids (UUIDv7 begin with the time); past six,
 * initials tell people apart.
 */
export function colourOf(members: readonly TeamMember[], id: string | null): Colour | undefined {
  const earlier = members.filter((member) => id !== null && member.id < id).length;
  return members.some((member) => member.id === id) ? COLOURS[earlier] : undefined;
}

/** What `Avatar` is given for a member. */
export function avatarOf(
  members: readonly TeamMember[],
  id: string | null,
  name: string,
): { name: string; colour?: Colour } {
  const colour = colourOf(members, id);
  return colour === undefined ? { name } : { name, colour };
}

export function memberOf(members: readonly TeamMember[], id: string | null): TeamMember | null {
  return members.find((member) => member.id === id) ?? null;
}
