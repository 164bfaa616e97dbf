// What tests of the derived store share: ids, and a model that makes installs and knows what they
// come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/store/derived_store.h"

namespace lumbung {

// A key of three big-endian numbers.
IdKey MakeKey(std::uint64_t a, std::uint64_t b = 1, std::uint64_t c = 1);
// A marker; its hash follows from the sequence.
Head MarkerAt(std::uint64_t sequence);

using IdMap = std::map<IdKey, std::uint64_t>;
using RowMap = std::map<std::string, std::string>;

std::vector<IdEntry> EntriesOf(const IdMap& ids);
// All rows, which are expected to come in key order.
RowMap RowsOf(const DerivedStore& store);
// One id's sequence.
std::uint64_t FindOne(const DerivedStore& store, const IdKey& key);
// Expects every one of these ids to be found, in one batch in random order, and others not.
void ExpectIds(const DerivedStore& store, const IdMap& ids, std::uint64_t seed = 1);

// What one Install takes.
struct DerivedBatch {
  Head marker;
  std::vector<IdEntry> ids;
  std::vector<StateRow> rows;
};

enum class IdShape {
  kRandom,
  kInTimeOrder,
  kNearTimeOrder,  // some lie before those of earlier batches
  kDense,          // most agree in all but their last bytes
};

class DerivedModel {
 public:
  explicit DerivedModel(std::uint64_t seed) : random_(seed) {}

  // The next batch: `ids` new ids, and a quarter as many changed or deleted rows.
  DerivedBatch Next(IdShape shape, std::size_t ids);
  // The batch is in the store.
  void Accept(const DerivedBatch& batch);
  // Expects the store to hold what was accepted and nothing else.
  void ExpectIn(const DerivedStore& store) const;

  const IdMap& ids() const { return ids_; }

 private:
  IdKey NewKey(IdShape shape);

  std::mt19937_64 random_;
  std::uint64_t sequence_ = 0;  // of the last batch made
  Head marker_;
  IdMap ids_;
  RowMap rows_;
};

// Installs the model's next batch, which is expected to work.
void InstallNext(DerivedStore& store, DerivedModel& model, IdShape shape, std::size_t ids);

}  // namespace lumbung
