// A row of the table of results, and the row of its column titles.
import type { VNode } from "preact";
import { formatNumber } from "../../ui/format.ts";
import type { Row } from "../page-contract.ts";
import { dateAndTime } from "./clock-text.ts";
import { plainLine } from "./plain-text.ts";
import { useStore } from "./use-store.ts";
import { causeText, kindName, words } from "./words.ts";

/** The id of the element of a row. */
export function rowId(number: number): string {
  return `row-${number}`;
}

export function TableHead(): VNode {
  const { table } = words();
  return (
    <div role="rowgroup" class="head">
      <div role="row" aria-rowindex={1} class="cells">
        <span role="columnheader" class="number">
          {table.number}
        </span>
        <span role="columnheader" class="id">
          {table.id}
        </span>
        <span role="columnheader" class="status">
          {table.status}
        </span>
        <span role="columnheader" class="text">
          {table.text}
        </span>
        <span role="columnheader" class="attempts">
          {table.attempts}
        </span>
        <span role="columnheader" class="took">
          {table.took}
        </span>
        <span role="columnheader" class="at">
          {table.startedAt}
        </span>
      </div>
    </div>
  );
}

type RowProps = {
  readonly number: number;
  readonly row: Row | undefined;
  readonly isActive: boolean;
  readonly onOpen: () => void;
};

export function TableRow({ number, row, isActive, onOpen }: RowProps): VNode {
  const store = useStore();
  const { table } = words();
  const isOpen = row !== undefined && store.route.value.item === row.ref;
  return (
    <div
      id={rowId(number)}
      role="row"
      class={`cells row ${isActive ? "active" : ""} ${isOpen ? "open" : ""} ${row?.uncounted === undefined ? "" : "uncounted"}`}
      aria-rowindex={number + 2}
      aria-selected={isOpen}
      onClick={onOpen}
    >
      {row === undefined ? (
        <span role="gridcell" class="text">
          {table.loading}
        </span>
      ) : (
        <Cells row={row} />
      )}
    </div>
  );
}

function Cells({ row }: { readonly row: Row }): VNode {
  const { table, duration } = words();
  const { status, kind, marks, text, damaged, uncounted } = row;
  const isFailed = status === "failed";
  return (
    <>
      <span role="gridcell" class="number">
        {formatNumber(row.index + 1)}
      </span>
      <span role="gridcell" class="id">
        {row.id === null ? "" : plainLine(row.id)}
        {row.repeat === undefined ? null : <small>{table.answer(row.repeat)}</small>}
      </span>
      <span role="gridcell" class="status">
        <span class={`dot ${isFailed ? "bad" : "ok"}`}>{table.statuses[status]}</span>
      </span>
      <span role="gridcell" class="text">
        {damaged === true ? <b class="bad">{table.damaged} </b> : null}
        {uncounted === undefined ? null : <b class="mark">{table.uncounted[uncounted]}</b>}
        {kind === null ? null : <b class="bad">{kindName(kind)} </b>}
        {marks.map((mark) => (
          <b class="mark" key={mark}>
            {kindName(mark)}
          </b>
        ))}
        {text === "" && damaged !== true ? (
          <i class="empty">{table.empty}</i>
        ) : (
          <bdi>{plainLine(isFailed ? causeText(text) : text)}</bdi>
        )}
      </span>
      <span role="gridcell" class="attempts">
        {formatNumber(row.attempts)}
      </span>
      <span role="gridcell" class="took">
        {duration(row.duration_ms)}
      </span>
      <span role="gridcell" class="at">
        {dateAndTime(row.started_at)}
      </span>
    </>
  );
}
