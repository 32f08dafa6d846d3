/** Which recordings the data page shows; it stands in the address, so that going back finds the same list. */
export interface DataSearch {
  label?: string;
  split?: "training" | "test";
  q?: string;
  ordering?: string;
  page?: number;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

export function dataSearch(search: Record<string, unknown>): DataSearch {
  const page = Number(search.page);
  return {
    label: text(search.label),
    split: search.split === "training" || search.split === "test" ? search.split : undefined,
    q: text(search.q),
    ordering: text(search.ordering),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
}
