import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { questionQuery } from '../api/questions';
import type { Project } from '../api/types';
import { DataTable } from '../charts/data_table';
import { together } from '../charts/loadable';
import { WorldMap } from '../charts/world_map';
import { formatCompact, formatNumber } from '../format/numbers';
import {
  countriesOf,
  countryName,
  countryQuestion,
  seriesOf,
  sumOf,
  type Country,
  type CountryAnswer,
} from '../geo/countries';
import { leadsTo, measures, type Measure } from '../geo/measures';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { Choice } from '../insight/choice';
import { InsightCard } from '../insight/insight_card';
import { NumberButton } from '../insight/number_button';
import { useInsight } from '../insight/use_insight';
import { useApi } from '../session/session';
import { ComparedCountries } from './geo/compared_countries';
import type { GeoSearch } from './geo/geo_search';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/geo');

export function GeoPage() {
  return <NeedsEvents title="Geo">{(project) => <Geo project={project} />}</NeedsEvents>;
}

function Geo({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<GeoSearch>(project, search);
  const measure = search.measure ?? 'players';
  return (
    <>
      {head('Geo', compares)}
      <div className="builder" role="group" aria-label="What to show">
        <Choice
          label="Show"
          value={measure}
          choices={measures.map(({ name, label }) => [name, label])}
          onChange={(name) => update({ measure: name === 'players' ? undefined : name })}
        />
      </div>
      {filters(0)}
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

function CountriesCard({ view, search }: CardProps<GeoSearch>) {
  const measure = search.measure ?? 'players';
  const question = countryQuestion(view.asks);
  const data = together({ answer: useQuery(questionQuery<CountryAnswer>(useApi(), 'trend', question)) });
  const { label, kind } = measures.find(({ name }) => name === measure) ?? measures[0];
  const { currency } = view.project;
  const rowsOf = ({ answer }: { answer: CountryAnswer }) => countriesOf(answer.totals, measure);
  const pick = (country: Country, of: Measure) =>
    view.show({
      title: `${measures.find(({ name }) => name === of)?.label}: ${countryName(country)}`,
      kind: 'trend',
      query: question,
      cell: { series: seriesOf(of), country: country.code, other: country.other },
    });
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      name="countries"
      title={kind === 'money' ? `${label} by country, ${currency}` : `${label} by country`}
      size="wide"
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={(loaded) => sumOf(rowsOf(loaded), measure) === 0}
      emptyText="Nothing of this in the range. An event's country is what its client says, or what the server knows of its address."
      chart={(loaded) => (
        <div className="world-and-table">
          <WorldMap
            label={label}
            countries={rowsOf(loaded).map((country) => ({
              country,
              value: country.values[measure],
              shown: `${formatNumber(country.values[measure], kind, currency)} ${kind === 'money' ? '' : label.toLowerCase()}`,
            }))}
            show={(value) => `≤ ${formatCompact(kind === 'money' ? value : Math.floor(value), kind, currency)}`}
            onPick={(country) => pick(country, leadsTo(measure))}
          />
          <CountryTable rows={rowsOf(loaded)} measure={measure} currency={currency} onPick={pick} short />
        </div>
      )}
      table={(loaded) => <CountryTable rows={rowsOf(loaded)} measure={measure} currency={currency} onPick={pick} />}
      csv={(loaded) => ({
        header: ['country', 'other', ...measures.map(({ name }) => name)],
        rows: rowsOf(loaded).map((row) => [row.code, row.other, ...measures.map(({ name }) => row.values[name])]),
      })}
    />
  );
}

interface TableProps {
  rows: Country[];
  measure: Measure;
  currency: string;
  onPick: (country: Country, measure: Measure) => void;
  /** The shown measure alone, beside the map. */
  short?: boolean;
}

function CountryTable({ rows, measure, currency, onPick, short = false }: TableProps) {
  const total = sumOf(rows, measure);
  const shown = short ? measures.filter(({ name }) => name === measure) : measures;
  return (
    <DataTable
      caption="Countries"
      columns={[
        { label: 'Country' },
        ...shown.map(({ label }) => ({ label, numeric: true })),
        { label: 'Share', numeric: true },
      ]}
      rows={rows.map((row) => ({
        key: `${row.code}/${row.other}`,
        cells: [
          countryName(row),
          ...shown.map(({ name, kind }) => {
            const text = formatNumber(row.values[name], kind, currency);
            const leads = leadsTo(name) === name && row.values[name] > 0;
            return leads ? (
              <NumberButton key={name} about={countryName(row)} onPick={() => onPick(row, name)}>
                {text}
              </NumberButton>
            ) : (
              text
            );
          }),
          formatNumber(total > 0 ? row.values[measure] / total : null, 'share'),
        ],
      }))}
    />
  );
}

export const cards: Cards<GeoSearch> = { countries: CountriesCard, compared: ComparedCountries };
