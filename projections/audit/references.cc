#include "projections/audit/references.h"

#include <algorithm>

#include "projections/audit/keys.h"

namespace lumbung::audit {
namespace {

// 64 bits over parts: a first look; a row says whose it is.
class Fingerprint {
 public:
  Fingerprint& Add(std::string_view part) {
    for (const char c : part) {
      Mix(static_cast<std::uint8_t>(c));
    }
    Mix(0x100);
    return *this;
  }
  std::uint64_t value() const {
    std::uint64_t mixed = (hash_ ^ (hash_ >> 32)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 29)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 32);
  }

 private:
  void Mix(std::uint64_t part) { hash_ = (hash_ ^ part) * 0x100000001B3; }

  std::uint64_t hash_ = 0xCBF29CE484222325;
};

std::string_view BytesOf(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}
std::uint64_t ReversedFingerprint(const Uuid& id) {
  return Fingerprint().Add("reversed").Add(BytesOf(id)).value();
}
std::uint64_t DuplicateFingerprint(const Uuid& id) {
  return Fingerprint().Add("duplicate").Add(BytesOf(id)).value();
}

std::string SubjectOf(std::uint64_t cooperative, const Uuid& first_id) {
  return std::to_string(cooperative) + " " + FormatUuid(first_id);
}

// Of a cooperative's fingerprint, for the filter.
std::uint64_t FilterHash(std::uint64_t cooperative, std::uint64_t fingerprint) {
  const std::uint64_t mixed = (fingerprint ^ cooperative) * 0x9E3779B97F4A7C15;
  return mixed ^ (mixed >> 32);
}

constexpr std::size_t kPeriodPrefix = 1 + 4 + 4;
// For each row that is added, so many old ones go: those of a period are gone before it ends twice.
constexpr std::uint64_t kForgetPerRow = 2;

}  // namespace

std::uint32_t References::PeriodOf(std::int64_t recorded_at, const Rules& rules) {
  const std::int64_t window = std::max(rules.references.window_days, 1) * kMicrosInDay;
  return static_cast<std::uint32_t>(std::max<std::int64_t>(recorded_at, 0) / window);
}

std::string References::KeyOf(const Use& use, std::uint32_t period, std::uint64_t fingerprint) {
  std::string key;
  key.reserve(kPeriodPrefix + 16);
  key.push_back(static_cast<char>(Row::kReference));
  AppendBigEndian(key, use.shard);
  AppendBigEndian(key, period);
  AppendBigEndian(key, use.cooperative);
  AppendBigEndian(key, fingerprint);
  return key;
}

std::string References::Encode(const Memory& memory) {
  std::string bytes;
  AppendUuid(bytes, memory.transaction_id);
  PackUnsigned(bytes, memory.correlation);
  PackUnsigned(bytes, static_cast<std::uint32_t>(memory.date));
  PackEvidence(bytes, memory.event);
  return bytes;
}

Result<References::Memory> References::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  Memory memory;
  if (const std::string_view id = unpack.Bytes(memory.transaction_id.bytes.size()); !id.empty()) {
    memory.transaction_id = LoadUuid(id);
  }
  memory.correlation = unpack.Unsigned();
  memory.date = unpack.Day();
  memory.event = UnpackEvidence(unpack);
  if (!unpack.done()) {
    return Status::Corruption("a reference's row of audit can't be read");
  }
  return memory;
}

void References::Take(const Posted& posted, const Rules& rules) {
  const v1::Transaction& transaction = posted.transaction;
  const bool names = !transaction.reference().empty() || !transaction.external_references().empty();
  if (!names && !posted.is_reversal()) {
    return;
  }
  Use use;
  use.shard = posted.event.shard;
  use.period = PeriodOf(posted.recorded_at, rules);
  use.cooperative = transaction.cooperative();
  use.transaction_id = ParseUuid(transaction.transaction_id()).value_or(Uuid{});
  use.outlet = transaction.outlet();
  use.recorded_at = posted.recorded_at;
  use.date = transaction.business_date();
  use.event = posted.event;
  if (posted.is_reversal()) {
    use.reverses = ParseUuid(transaction.reverses()).value_or(Uuid{});
    uses_.push_back(std::move(use));
    return;
  }
  // A refund or correction names what it is about.
  if (!transaction.related().empty()) {
    return;
  }
  use.kind = transaction.kind();
  if (!transaction.correlation_id().empty()) {
    use.correlation = Fingerprint().Add(transaction.correlation_id()).value();
  }
  if (!transaction.reference().empty()) {
    use.reference = transaction.reference();
    use.fingerprint = Fingerprint().Add("own").Add(use.kind).Add(use.reference).value();
    uses_.push_back(use);
  }
  const auto& schemes = rules.references.schemes;
  for (const v1::ExternalReference& one : transaction.external_references()) {
    if (std::find(schemes.begin(), schemes.end(), one.scheme()) != schemes.end()) {
      use.reference = one.scheme() + " " + one.value();
      use.fingerprint = Fingerprint().Add("other").Add(use.kind).Add(use.reference).value();
      uses_.push_back(use);
    }
  }
}

Status References::Open(const RowReader& rows) {
  const auto row = rows.Walk(RowPrefix(Row::kReference));
  had_rows_ = row->Seek({});
  return row->status();
}

ReferenceFilter& References::FilterOf(const Use& use) {
  ReferenceFilter& filter = filters_.try_emplace(use.shard, had_rows_).first->second;
  filter.MoveTo(use.period);
  return filter;
}

// All that may be known, at once.
Status References::LookUp(const RowReader& rows) {
  std::vector<std::string> keys;
  for (const Use& use : uses_) {
    if (use.reverses == Uuid{} &&
        FilterOf(use).MayKnow(FilterHash(use.cooperative, use.fingerprint))) {
      keys.push_back(KeyOf(use, use.period, use.fingerprint));
      keys.push_back(KeyOf(use, use.period - 1, use.fingerprint));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<std::optional<std::string>> values;
  LUMBUNG_RETURN_IF_ERROR(rows.GetAll(keys, values));
  memories_.reserve(keys.size() + uses_.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    memories_.emplace(std::move(keys[i]), Value{std::move(values[i]), false});
  }
  return Status::Ok();
}

Result<std::optional<References::Memory>> References::Recall(const Use& use,
                                                             std::uint64_t fingerprint,
                                                             const RowReader& rows) {
  if (!FilterOf(use).MayKnow(FilterHash(use.cooperative, fingerprint))) {
    return std::optional<Memory>();
  }
  for (const std::uint32_t period : {use.period, use.period - 1}) {
    std::string key = KeyOf(use, period, fingerprint);
    auto known = memories_.find(key);
    if (known == memories_.end()) {
      std::string bytes;
      const Result<bool> there = rows.Get(key, bytes);
      LUMBUNG_RETURN_IF_ERROR(there.status());
      Value value;
      if (*there) {
        value.bytes = std::move(bytes);
      }
      known = memories_.emplace(std::move(key), std::move(value)).first;
    }
    if (known->second.bytes) {
      Result<Memory> memory = Parse(*known->second.bytes);
      LUMBUNG_RETURN_IF_ERROR(memory.status());
      return std::optional<Memory>(std::move(*memory));
    }
  }
  return std::optional<Memory>();
}

void References::Remember(const Use& use, std::uint64_t fingerprint, const Memory& memory) {
  FilterOf(use).Add(FilterHash(use.cooperative, fingerprint));
  memories_[KeyOf(use, use.period, fingerprint)] = {Encode(memory), true};
  Added& added = added_[use.shard];
  added.period = use.period;
  ++added.rows;
}

Status References::Name(const Use& use, const Desk& desk) {
  const Memory own{use.transaction_id, use.correlation, use.date, use.event};
  const Result<std::optional<Memory>> first = Recall(use, use.fingerprint, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  if (!*first) {
    Remember(use, use.fingerprint, own);
    return Status::Ok();
  }
  const Memory& before = **first;
  // Parts of one matter: a batch, a split tender, a reference that is told twice in a transaction.
  if (before.event == use.event ||
      (use.correlation != 0 && use.correlation == before.correlation)) {
    return Status::Ok();
  }
  const Result<std::optional<Memory>> undone =
      Recall(use, ReversedFingerprint(before.transaction_id), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(undone.status());
  if (*undone) {
    Remember(use, use.fingerprint, own);
    return Status::Ok();
  }
  const Result<Finding*> at = desk.findings.At(
      RuleId::kDuplicateReference, SubjectOf(use.cooperative, before.transaction_id), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = use.recorded_at;
    finding.cooperative = use.cooperative;
    finding.outlet = use.outlet;
    finding.AddEvent(before.event);
    finding.Cover(before.date);
    finding.SetText("reference", use.reference);
    finding.SetText("kind", use.kind);
    finding.SetDate("first_date", before.date);
    finding.SetNumber("standing", 1);
  }
  // One that names two references of the other is one all the same.
  if (!finding.evidence.empty() && finding.evidence.back() == use.event) {
    return Status::Ok();
  }
  finding.resolved_at = 0;
  finding.AddEvent(use.event);
  finding.Cover(use.date);
  finding.SetNumber("standing", finding.NumberOf("standing") + 1);
  Memory duplicate = before;
  Remember(use, DuplicateFingerprint(use.transaction_id), duplicate);
  return Status::Ok();
}

// Where all but one of those with a reference were reversed, it is put right.
Status References::Undo(const Use& use, const Desk& desk) {
  Remember(use, ReversedFingerprint(use.reverses), {use.transaction_id, 0, use.date, use.event});
  const Result<std::optional<Memory>> of =
      Recall(use, DuplicateFingerprint(use.reverses), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(of.status());
  const Uuid& first = *of ? (**of).transaction_id : use.reverses;
  const Result<Finding*> at =
      desk.findings.At(RuleId::kDuplicateReference, SubjectOf(use.cooperative, first), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    return Status::Ok();
  }
  finding.SetNumber("standing", finding.NumberOf("standing") - 1);
  if (finding.NumberOf("standing") <= 1 && finding.resolved_at == 0) {
    finding.resolved_at = use.recorded_at;
  }
  return Status::Ok();
}

Status References::Forget(const RowReader& rows, RowWriter& out) {
  for (const auto& [shard, added] : added_) {
    std::string prefix = RowPrefix(Row::kReference);
    AppendBigEndian(prefix, shard);
    const auto row = rows.Walk(prefix);
    std::uint64_t left = kForgetPerRow * added.rows;
    for (bool there = row->Seek({}); there && left > 0; there = row->Next(), --left) {
      if (LoadBigEndian<std::uint32_t>(row->key().data() + 5) + 1 >= added.period) {
        break;
      }
      out.Delete(row->key());
    }
    LUMBUNG_RETURN_IF_ERROR(row->status());
  }
  added_.clear();
  return Status::Ok();
}

void References::Write(RowWriter& out) {
  std::vector<const std::pair<const std::string, Value>*> changed;
  changed.reserve(memories_.size());
  for (const auto& memory : memories_) {
    if (memory.second.changed) {
      changed.push_back(&memory);
    }
  }
  std::sort(changed.begin(), changed.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* memory : changed) {
    out.Put(memory->first, *memory->second.bytes);
  }
  memories_.clear();
}

Status References::Finish(const Desk& desk, RowWriter& out) {
  if (uses_.empty()) {
    return Status::Ok();
  }
  LUMBUNG_RETURN_IF_ERROR(LookUp(desk.rows));
  for (const Use& use : uses_) {
    LUMBUNG_RETURN_IF_ERROR(use.reverses == Uuid{} ? Name(use, desk) : Undo(use, desk));
  }
  uses_.clear();
  Write(out);
  return Forget(desk.rows, out);
}

}  // namespace lumbung::audit
