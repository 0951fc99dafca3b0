// The platform catalogue that comes with the product: quotas, prices, formats, error codes, metrics, with sources. Checked when first read.
import { parseWith } from "../domain/index.ts";
import { type Catalogue, catalogueSchema } from "./schema.ts";
import document from "./platform-facts.json" with { type: "json" };

let catalogue: Catalogue | undefined;

/** The catalogue, dated and versioned. @throws DomainError `catalogue-invalid` if the shipped document does not have its shape. */
export function platformCatalogue(): Catalogue {
  return (catalogue ??= parseWith(catalogueSchema, document, { code: "catalogue-invalid" }));
}
