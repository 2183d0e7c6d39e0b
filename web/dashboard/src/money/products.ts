export interface ProductTotal {
  series: string;
  'property.product': string | null;
  other: boolean;
  value: number | null;
}

export interface Product {
  /** Null: purchases that do not name a product. */
  product: string | null;
  /** The products beyond those that the question asks for by name. */
  other: boolean;
  revenue: number;
  purchases: number;
  payers: number;
}

/** Series A is the money, B the purchases, C who made them. */
export const productSeries = (['revenue', 'purchases', 'payers'] as const).map((measure) => ({
  event: 'purchase',
  measure,
}));
const columns = { A: 'revenue', B: 'purchases', C: 'payers' } as const;

export function products(totals: ProductTotal[]): Product[] {
  const found = new Map<string, Product>();
  for (const total of totals) {
    const column = columns[total.series as keyof typeof columns];
    if (column === undefined) continue;
    const key = JSON.stringify([total['property.product'], total.other]);
    const product = found.get(key) ?? {
      product: total['property.product'],
      other: total.other,
      revenue: 0,
      purchases: 0,
      payers: 0,
    };
    product[column] = total.value ?? 0;
    found.set(key, product);
  }
  return [...found.values()].filter((one) => one.purchases > 0).toSorted((a, b) => b.revenue - a.revenue);
}
