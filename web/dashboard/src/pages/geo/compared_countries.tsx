import type { Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import { countriesOf, countryName, countryQuestion, seriesOf, type CountryAnswer } from '../../geo/countries';
import { leadsTo, measures, type Measure } from '../../geo/measures';
import type { CardProps } from '../../insight/cards';
import type { GeoSearch } from './geo_search';

const valuesOf =
  (measure: Measure) =>
  (answer: CountryAnswer, query: Question): ComparedValue[] =>
    countriesOf(answer.totals, measure).map((country) => ({
      name: countryName(country),
      value: country.values[measure],
      kind: measures.find(({ name }) => name === measure)?.kind ?? 'count',
      // Which countries are "all others" differs from range to range.
      ...(leadsTo(measure) === measure && !country.other
        ? { drill: { kind: 'trend', query, cell: { series: seriesOf(measure), country: country.code, other: false } } }
        : {}),
    }));

export function ComparedCountries({ view, search }: CardProps<GeoSearch>) {
  const measure = search.measure ?? 'players';
  const label = measures.find(({ name }) => name === measure)?.label ?? '';
  return (
    <ComparedCard
      view={view}
      about={`${label} by country`}
      kind="trend"
      question={countryQuestion(view.asks)}
      valuesOf={valuesOf(measure)}
    />
  );
}
