#include "engine/store/run_writer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// 128 MiB and a filter of about 5 MB, so that a merge never holds more filter than that twice.
constexpr std::uint64_t kMaxPieceIds = std::uint64_t{4} << 20;
// There are more small runs than large ones, each is looked into as often, and their filters cost
// less: 0.4 false positives of 100 there, 1.5 in large runs.
constexpr std::uint64_t kSmallRunIds = std::uint64_t{8} << 20;
constexpr unsigned kBitsPerIdOfSmallRuns = 12;
constexpr unsigned kBitsPerId = 9;

std::uint64_t PieceIds(std::uint64_t ids) {
  const std::uint64_t pieces = std::max<std::uint64_t>(1, (ids + kMaxPieceIds - 1) / kMaxPieceIds);
  return (ids + pieces - 1) / pieces;
}

}  // namespace

RunWriter::RunWriter(IngestContext& context, std::uint64_t ids)
    : context_(context),
      piece_ids_(PieceIds(ids)),
      bits_per_id_(ids <= kSmallRunIds ? kBitsPerIdOfSmallRuns : kBitsPerId),
      left_(ids) {
  page_hashes_.reserve(kPageIds);
}

Status RunWriter::Add(const IdEntry& entry) {
  LUMBUNG_CHECK(left_ > 0);
  if (!in_piece_) {
    OpenPiece();
    run_.back().first = entry.key;
  }
  const std::uint64_t hash = HashId(entry.key, context_.seed);
  filter_->Prefetch(hash);
  page_hashes_.push_back(hash);
  AppendToPage(page_, entry);
  --left_;
  PieceInfo& piece = run_.back();
  ++piece.ids;
  if (page_hashes_.size() == kPageIds || piece.ids == piece_ids_ || left_ == 0) {
    piece.last = entry.key;
    LUMBUNG_RETURN_IF_ERROR(WritePage());
  }
  return piece.ids == piece_ids_ || left_ == 0 ? ClosePiece() : Status::Ok();
}

IngestFiles RunWriter::TakeFiles() {
  LUMBUNG_CHECK(left_ == 0);
  return std::move(files_);
}

void RunWriter::OpenPiece() {
  PieceInfo& piece = run_.emplace_back();
  piece.number = context_.next_piece.fetch_add(1);
  filter_.emplace(std::min(piece_ids_, left_), bits_per_id_);
  files_.push_back(std::make_unique<IngestFile>(
      context_.options, context_.ids,
      context_.folder + "/ids-" + std::to_string(piece.number) + ".sst"));
  in_piece_ = true;
}

Status RunWriter::WritePage() {
  for (const std::uint64_t hash : page_hashes_) {
    filter_->Add(hash);
  }
  page_hashes_.clear();
  const PieceInfo& piece = run_.back();
  Status status = files_.back()->Put(PageKey(piece.number, piece.last), page_);
  page_.clear();
  return status;
}

Status RunWriter::ClosePiece() {
  PieceInfo& piece = run_.back();
  const std::string filter = filter_->Format();
  piece.filter_bytes = filter_->MemoryBytes();
  filter_.reset();
  LUMBUNG_RETURN_IF_ERROR(files_.back()->Put(FilterKey(piece.number), filter));
  in_piece_ = false;
  return files_.back()->Finish();
}

}  // namespace lumbung
