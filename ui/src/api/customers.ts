import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { DocumentFilter } from "./bindings.ts";
import { api } from "./commands.ts";

/** Keys of what is known about customers; `customerKeys.dossiers` is every dossier, `pages` all of every page. */
export const customerKeys = {
  dossiers: ["dossier"] as const,
  dossier: (thread: string) => ["dossier", thread] as const,
  found: (text: string) => ["customers", text] as const,
  numbered: ["numbered"] as const,
  badges: ["badge"] as const,
  badge: (writers: readonly string[], recipients: readonly string[]) =>
    ["badge", writers, recipients] as const,
  named: ["named"] as const,
  pages: ["customer"] as const,
  page: (customer: string) => ["customer", customer] as const,
};

/** Documents of a page asked for at once. */
const PAGE = 50;

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

/** Documents whose numbers begin as a search does. Kept briefly: every letter is another question. */
export const foundDocumentsQuery = (text: string) =>
  queryOptions({
    queryKey: [...customerKeys.numbered, text],
    queryFn: () => api.findDocuments(text),
    gcTime: 10_000,
  });

/** The documents a conversation names. */
export const namedDocumentsQuery = (thread: string) =>
  queryOptions({
    queryKey: [...customerKeys.named, thread],
    queryFn: () => api.namedDocuments(thread),
  });

/** What is known of a customer. */
export const customerQuery = (customer: string) =>
  queryOptions({
    queryKey: [...customerKeys.page(customer), "dossier"],
    queryFn: () => api.dossierOfCustomer(customer),
  });

/** All documents of a customer, page by page. */
export const documentsQuery = (customer: string, filter: DocumentFilter) =>
  infiniteQueryOptions({
    queryKey: [...customerKeys.page(customer), "documents", filter],
    queryFn: ({ pageParam }) => api.customerDocuments(customer, filter, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page): string | null => page.next,
  });

/** What a customer's charts draw. */
export const chartsQuery = (customer: string) =>
  queryOptions({
    queryKey: [...customerKeys.page(customer), "charts"],
    queryFn: () => api.customerCharts(customer),
  });
