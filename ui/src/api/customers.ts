import { queryOptions } from "@tanstack/react-query";
import { api } from "./commands.ts";

/** Keys of what is known about customers; `customerKeys.dossiers` is every dossier. */
export const customerKeys = {
  dossiers: ["dossier"] as const,
  dossier: (thread: string) => ["dossier", thread] as const,
  found: (text: string) => ["customers", text] as const,
};

/** Whose mail a conversation is and what is known of them, from rows of this computer. */
export const dossierQuery = (thread: string) =>
  queryOptions({
    queryKey: customerKeys.dossier(thread),
    queryFn: () => api.dossierOfThread(thread),
  });

/** Customers by name. Kept briefly: the directory changes under it. */
export const customersQuery = (text: string) =>
  queryOptions({
    queryKey: customerKeys.found(text),
    queryFn: () => api.findCustomers(text),
    gcTime: 10_000,
  });
