#include "adapters/duckdb/batch_writer.h"

#include <fmt/format.h>

#include <map>

#include "adapters/duckdb/shape_tables.h"
#include "adapters/duckdb/table_appender.h"
#include "lib/store/player_id_hash.h"

namespace gm::duckdb {
namespace {

using store::MicroBatch;

Status write_events(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "events");
  for (const store::EventRow& row : batch.events) {
    const event::Event& event = *row.event;
    table.add(row.project.value()).add(row.date).add(row.time_ms).add(row.received_ms).add(row.player);
    table.add_text(event.name).add(event.id).add_text(event.session).add(static_cast<uint8_t>(row.source));
    table.add_text(event.country).add_text(event.platform).add_text(event.device).add_text(event.build);
    if (event.revenue_micros) {
      table.add(*event.revenue_micros);
    } else {
      table.add_null();
    }
    table.add_text(event.currency).add(row.flags).add_text(event.properties);
    table.add(static_cast<uint16_t>(row.log_partition)).add<uint64_t>(row.log_offset);
    table.end_row();
  }
  return table.finish();
}

Status write_players(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "players");
  for (const store::PlayerRow& row : batch.players) {
    table.add(row.project.value()).add(row.player).add_text(row.player_id).add(store::player_id_hash(row.player_id));
    table.add(row.version).add(row.first_seen_ms).add(row.cohort_date).add(row.last_seen_ms);
    table.add_text(row.country).add_text(row.platform).add_text(row.build);
    table.add(row.events).add(row.sessions).add(row.revenue_micros).add(row.known);
    table.end_row();
  }
  return table.finish();
}

Status write_sessions(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "sessions");
  for (const store::SessionRow& row : batch.sessions) {
    table.add(row.project.value()).add(row.player).add_text(row.explicit_id).add(row.start_ms).add(row.end_ms);
    table.add(row.date).add(row.events).add(static_cast<int8_t>(row.sign));
    table.add(row.length_ms).add(row.marks).add(row.told_ms).add(row.added_ms);
    table.end_row();
  }
  return table.finish();
}

Status write_player_days(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "player_days");
  for (const store::PlayerDayDelta& row : batch.player_days) {
    table.add(row.project.value()).add(row.date).add(row.player).add(row.cohort_date);
    table.add<int32_t>(row.active).add<int32_t>(row.payer);
    table.add(row.events).add(row.sessions).add(row.session_ms).add(row.revenue_micros);
    table.end_row();
  }
  return table.finish();
}

Status write_days(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "day_totals");
  for (const store::DayDelta& row : batch.days) {
    table.add(row.project.value()).add(row.date).add(row.players).add(row.new_players).add(row.events);
    table.add(row.late_events).add(row.sessions).add(row.session_ms).add(row.payers).add(row.purchases);
    table.add(row.revenue_micros);
    table.end_row();
  }
  return table.finish();
}

Status write_cohort_days(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "cohort_days");
  for (const store::CohortDayDelta& row : batch.cohort_days) {
    table.add(row.project.value()).add(row.cohort_date).add(row.date).add(row.players).add(row.revenue_micros);
    table.end_row();
  }
  return table.finish();
}

Status write_event_days(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "event_days");
  for (const store::EventDayDelta& row : batch.event_days) {
    table.add(row.project.value()).add(row.date).add_text(row.event).add(row.events);
    table.end_row();
  }
  return table.finish();
}

Status write_unconverted_days(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "unconverted_days");
  for (const store::UnconvertedDelta& row : batch.unconverted_days) {
    table.add(row.project.value()).add(row.date).add_text(row.currency).add(row.events).add(row.micros);
    table.end_row();
  }
  return table.finish();
}

Status write_rejected(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "rejected_events");
  for (const store::RejectedRow& row : batch.rejected) {
    table.add(row.project.value()).add(row.received_ms).add(static_cast<uint8_t>(row.source));
    table.add_text(row.reason).add_text(row.detail).add_text(row.raw);
    table.add(static_cast<uint16_t>(row.log_partition)).add<uint64_t>(row.log_offset);
    table.end_row();
  }
  return table.finish();
}

Status write_links(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "identity_links");
  for (const store::LinkRow& row : batch.links) {
    table.add(row.project.value()).add(row.link).add(static_cast<uint8_t>(row.kind));
    table.add_text(row.member_id).add_text(row.player_id).add(row.received_ms).add_text(row.outcome);
    table.add(static_cast<uint16_t>(row.log_partition)).add<uint64_t>(row.log_offset);
    table.end_row();
  }
  return table.finish();
}

Status write_player_links(Connection& connection, const MicroBatch& batch) {
  std::map<store::PlayerKey, const store::PlayerLinkRow*> last;
  for (const store::PlayerLinkRow& row : batch.player_links) last[row.member] = &row;
  std::string members;
  for (const auto& [member, row] : last) members += fmt::format("{}{}", members.empty() ? "" : ", ", member);
  auto removed = connection.execute(fmt::format("DELETE FROM player_links WHERE member IN ({})", members));
  if (!removed) return removed;
  TableAppender table(connection, nullptr, "player_links");
  for (const auto& [member, row] : last) {
    if (row->canonical == 0) continue;
    table.add(row->project.value()).add(member).add_text(row->member_id).add(store::player_id_hash(row->member_id));
    table.add(row->canonical).end_row();
  }
  return table.finish();
}

Status write_positions(Connection& connection, const MicroBatch& batch) {
  for (const store::LogPosition& position : batch.positions) {
    const std::string_view topic = log::topic_name(position.topic);
    const std::string where = fmt::format("WHERE topic = '{}' AND partition = {}", topic, position.partition);
    auto updated = connection.query(fmt::format("UPDATE log_positions SET next_offset = {} {}", position.next, where));
    if (!updated) return updated.error();
    if (duckdb_rows_changed(&updated->result()) > 0) continue;
    auto inserted = connection.execute(
        fmt::format("INSERT INTO log_positions VALUES ('{}', {}, {})", topic, position.partition, position.next));
    if (!inserted) return inserted;
  }
  return {};
}

Status write_counters(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "counters");
  table.add_text("duplicates").add(static_cast<int64_t>(batch.duplicates)).end_row();
  return table.finish();
}

std::set<UnmergedDay> newly_unmerged(const MicroBatch& batch, const std::set<UnmergedDay>& known) {
  std::set<UnmergedDay> fresh;
  const auto note = [&](ProjectId project, Date date) {
    const UnmergedDay day{project.value(), date};
    if (!known.contains(day)) fresh.insert(day);
  };
  for (const store::PlayerDayDelta& row : batch.player_days) note(row.project, row.date);
  for (const store::SessionRow& row : batch.sessions) note(row.project, row.date);
  return fresh;
}

Status write_unmerged(Connection& connection, const std::set<UnmergedDay>& fresh) {
  TableAppender table(connection, nullptr, "unmerged_days");
  for (const auto& [project, date] : fresh) table.add(project).add(date).end_row();
  return table.finish();
}

}  // namespace

Status write_batch(Connection& connection, const MicroBatch& batch, std::set<UnmergedDay>& unmerged) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();

  const std::set<UnmergedDay> fresh = newly_unmerged(batch, unmerged);
  struct Step {
    bool needed;
    Status (*write)(Connection&, const MicroBatch&);
  };
  const Step steps[] = {
      {!batch.events.empty(), write_events},
      {!batch.players.empty(), write_players},
      {!batch.sessions.empty(), write_sessions},
      {!batch.player_days.empty(), write_player_days},
      {!batch.days.empty(), write_days},
      {!batch.cohort_days.empty(), write_cohort_days},
      {!batch.event_days.empty(), write_event_days},
      {!batch.unconverted_days.empty(), write_unconverted_days},
      {!batch.event_shapes.empty(), write_event_shapes},
      {!batch.property_shapes.empty(), write_property_shapes},
      {!batch.shape_overflows.empty(), write_shape_overflows},
      {!batch.rejected.empty(), write_rejected},
      {!batch.links.empty(), write_links},
      {!batch.player_links.empty(), write_player_links},
      {!batch.positions.empty(), write_positions},
      {batch.duplicates > 0, write_counters},
  };
  for (const Step& step : steps) {
    if (!step.needed) continue;
    if (auto written = step.write(connection, batch); !written) return written;
  }
  if (!fresh.empty()) {
    if (auto written = write_unmerged(connection, fresh); !written) return written;
  }
  if (auto committed = transaction->commit(); !committed) return committed;
  unmerged.insert(fresh.begin(), fresh.end());
  return {};
}

}  // namespace gm::duckdb
