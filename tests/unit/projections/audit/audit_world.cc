#include "tests/unit/projections/audit/audit_world.h"

#include <algorithm>
#include <iterator>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/base/uuid.h"
#include "projections/audit/local_time.h"
#include "schemas/charts/default_chart.h"
#include "tests/unit/projections/list_feed.h"

namespace lumbung {

AuditWorld::AuditWorld(const std::vector<std::uint64_t>& cooperatives, std::uint32_t shards) {
  GoTo(0, 6 * 60);
  v1::Event created;
  created.mutable_ledger_created()->set_shards(shards);
  Add(std::move(created));
  v1::Event published;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      std::string(DefaultChartJson()), published.mutable_chart_published()->mutable_chart());
  LUMBUNG_CHECK(parsed.ok());
  Add(std::move(published));
  for (const std::uint64_t number : cooperatives) {
    v1::Event registered;
    v1::Cooperative& attributes =
        *registered.mutable_cooperative_registered()->mutable_cooperative();
    attributes.set_cooperative(number);
    attributes.set_effective_date(kFirstDay);
    attributes.set_chart("kdmp");
    attributes.set_utc_offset_minutes(kOffset);
    attributes.set_status(v1::Cooperative::ACTIVE);
    Add(std::move(registered));
  }
}

void AuditWorld::GoTo(int day, int minute) {
  day_ = day;
  now_ = audit::StartOfDay(Day(day), kOffset) + minute * audit::kMicrosInMinute;
}

void AuditWorld::Add(v1::Event event) { AddAt(std::move(event), now_); }

void AuditWorld::AddAt(v1::Event event, std::int64_t recorded_at) {
  event.set_recorded_at(recorded_at);
  chain_.Add(std::move(event));
}

std::string AuditWorld::NewId() {
  ++ids_;
  return FormatUuid(UuidV4(ids_ * 0x9E3779B97F4A7C15, ids_ + (std::uint64_t{1} << 40)));
}

v1::Transaction AuditWorld::TransactionOf(const Posting& posting) {
  v1::Transaction transaction;
  transaction.set_transaction_id(NewId());
  transaction.set_cooperative(posting.cooperative);
  transaction.set_outlet(posting.outlet);
  transaction.set_kind(posting.kind);
  transaction.set_channel(posting.channel);
  transaction.set_nature(posting.is_request ? v1::Transaction::REQUEST : v1::Transaction::FACT);
  const Date date = posting.date == 0 ? today() : posting.date;
  transaction.set_business_date(date);
  if (posting.minute >= 0) {
    transaction.set_occurred_at(audit::StartOfDay(date, kOffset) +
                                posting.minute * audit::kMicrosInMinute);
  }
  if (posting.member != 0) {
    transaction.mutable_party()->set_holder_class("member");
    transaction.mutable_party()->set_number(posting.member);
  }
  transaction.set_operator_(posting.operated_by);
  if (posting.device != 0) {
    transaction.mutable_origin()->set_device(posting.device);
    transaction.mutable_origin()->set_sequence(posting.number);
  }
  transaction.set_reference(posting.reference);
  if (!posting.rrn.empty()) {
    v1::ExternalReference& reference = *transaction.add_external_references();
    reference.set_scheme("RRN");
    reference.set_value(posting.rrn);
  }
  transaction.set_correlation_id(posting.correlation);
  transaction.set_reverses(posting.reverses);
  if (!posting.refund_of.empty()) {
    v1::Related& related = *transaction.add_related();
    related.set_relation(v1::Related::REFUND_OF);
    related.set_transaction_id(posting.refund_of);
  }
  for (const Leg& leg : posting.legs) {
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(leg.code);
    entry.set_holder(leg.holder);
    if (leg.rupiah > 0) {
      entry.set_debit(leg.rupiah * 100);
    } else {
      entry.set_credit(-leg.rupiah * 100);
    }
  }
  return transaction;
}

std::string AuditWorld::Post(const Posting& posting) {
  v1::Event event;
  v1::TransactionPosted& posted = *event.mutable_transaction_posted();
  *posted.mutable_transaction() = TransactionOf(posting);
  posted.mutable_posting()->set_posting_date(posted.transaction().business_date());
  for (const v1::Code code : posting.overrides) {
    posted.mutable_posting()->add_overrides(code);
  }
  std::string id = posted.transaction().transaction_id();
  Add(std::move(event));
  return id;
}

std::string AuditWorld::Reverse(const Posting& posting, const std::string& id) {
  Posting undone = posting;
  undone.reverses = id;
  undone.date = 0;
  undone.minute = -1;
  undone.device = 0;
  for (Leg& leg : undone.legs) {
    leg.rupiah = -leg.rupiah;
  }
  return Post(undone);
}

void AuditWorld::Acknowledge(const std::string& id, std::uint64_t cooperative,
                             const std::string& actor) {
  v1::Event event;
  event.set_actor(actor);
  event.mutable_attestation_recorded()->set_command_id(NewId());
  v1::Attestation& attestation = *event.mutable_attestation_recorded()->mutable_attestation();
  attestation.set_cooperative(cooperative);
  attestation.set_kind("finding-acknowledged");
  attestation.set_subject(id);
  attestation.set_as_of(today());
  v1::AttestedValue& why = *attestation.add_values();
  why.set_name("counted-again");
  why.set_value(7);
  Add(std::move(event));
}

BuiltAudit::BuiltAudit(std::size_t batch_events, std::uint32_t shards)
    : batch_events_(batch_events), shards_(shards) {
  Open();
}

BuiltAudit::BuiltAudit(const AuditWorld& world, std::size_t batch_events)
    : BuiltAudit(batch_events) {
  Run(world.chain().bytes());
}

void BuiltAudit::Open() {
  std::vector<std::uint32_t> shards;
  for (std::uint32_t shard = 0; shard < shards_; ++shard) {
    shards.push_back(shard);
  }
  instance_ = Must(ProjectionInstance::Open(std::make_unique<audit::AuditProjection>(), dir_.path(),
                                            shards, {}));
  view_ = instance_->view();
}

void BuiltAudit::Run(const std::vector<std::string>& records, std::uint32_t shard) {
  RunnerOptions options;
  options.once = true;
  options.batch_events = batch_events_;
  ShardFeeds feeds;
  for (std::uint32_t i = 0; i < shards_; ++i) {
    feeds[i] = std::make_unique<ListFeed>(
        std::make_shared<RecordList>(i == shard ? records : std::vector<std::string>()));
  }
  Runner runner({instance_.get()}, std::move(feeds), options);
  runner.Wait();
  EXPECT_EQ(instance_->status().stopped, "");
  view_ = instance_->view();
}

void BuiltAudit::Reopen() {
  view_.reset();
  EXPECT_OK(instance_->Flush());
  instance_.reset();
  Open();
}

Findings BuiltAudit::Found(const std::string& rule) const {
  audit::FindingFilter filter;
  filter.rule = rule;
  filter.newest_first = false;
  return Must(queries().List(filter, 1'000)).findings;
}

Findings BuiltAudit::All() const {
  audit::FindingFilter filter;
  filter.newest_first = false;
  Findings all;
  std::string cursor;
  do {
    audit::FindingPage page = Must(queries().List(filter, 1'000, cursor));
    std::move(page.findings.begin(), page.findings.end(), std::back_inserter(all));
    cursor = page.next;
  } while (!cursor.empty());
  return all;
}

}  // namespace lumbung
