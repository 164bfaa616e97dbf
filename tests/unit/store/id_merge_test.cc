#include "engine/store/id_merge.h"

#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PieceInfo Piece(std::uint32_t number, std::uint8_t first, std::uint8_t last,
                std::uint64_t ids = 100'000) {
  PieceInfo piece;
  piece.number = number;
  piece.ids = ids;
  piece.first[0] = first;
  piece.last[0] = last;
  return piece;
}

std::vector<RunInfo> Runs(std::size_t count, std::uint64_t ids) {
  return std::vector<RunInfo>(count, RunInfo{Piece(1, 0, 9, ids)});
}

TEST(RunsToMerge, NoneWhileNoTierIsFull) {
  EXPECT_THAT(RunsToMerge({}), IsEmpty());
  auto runs = Runs(7, 500'000);
  const auto larger = Runs(7, 4'000'000);
  runs.insert(runs.end(), larger.begin(), larger.end());
  EXPECT_THAT(RunsToMerge(runs), IsEmpty());
}

TEST(RunsToMerge, TheLowestFullTierWithAllOfItsRuns) {
  auto runs = Runs(8, 4'000'000);
  const auto smaller = Runs(8, 500'000);
  runs.insert(runs.end(), smaller.begin(), smaller.end());
  EXPECT_THAT(RunsToMerge(runs), ElementsAre(8, 9, 10, 11, 12, 13, 14, 15));
  runs.resize(9);
  EXPECT_THAT(RunsToMerge(runs), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

// Eight runs of one tier make one of the next, whatever the engine's installs come to.
TEST(RunsToMerge, EightRunsMakeOneOfTheNextTier) {
  for (std::uint64_t ids = 1; ids < 100'000'000; ids = ids * 3 / 2 + 1) {
    auto runs = Runs(1, 8 * ids);
    const auto smaller = Runs(7, ids);
    runs.insert(runs.end(), smaller.begin(), smaller.end());
    EXPECT_THAT(RunsToMerge(runs), IsEmpty()) << ids;
  }
}

TEST(GroupPieces, PiecesThatOverlapNoneStayAlone) {
  const auto groups = GroupPieces({{Piece(1, 10, 19), Piece(2, 40, 49)}, {Piece(3, 20, 39)}});
  EXPECT_THAT(groups, ElementsAre(PieceGroup{{Piece(1, 10, 19)}}, PieceGroup{{Piece(3, 20, 39)}},
                                  PieceGroup{{Piece(2, 40, 49)}}));
}

TEST(GroupPieces, OverlapsAreFollowedFromPieceToPiece) {
  const auto groups = GroupPieces({{Piece(1, 0, 9), Piece(2, 20, 29), Piece(3, 50, 59)},
                                   {Piece(4, 25, 35)},
                                   {Piece(5, 35, 49)}});
  EXPECT_THAT(groups,
              ElementsAre(PieceGroup{{Piece(1, 0, 9)}},
                          PieceGroup{{Piece(2, 20, 29)}, {Piece(4, 25, 35)}, {Piece(5, 35, 49)}},
                          PieceGroup{{Piece(3, 50, 59)}}));
}

TEST(GroupPieces, TinyNeighboursAreJoined) {
  constexpr std::uint64_t kHalf = kTinyIds / 2;
  const auto groups = GroupPieces({{Piece(1, 0, 9, kHalf), Piece(2, 20, 29, kHalf)},
                                   {Piece(3, 30, 39, 1), Piece(4, 50, 59, kTinyIds)}});
  EXPECT_THAT(groups, ElementsAre(PieceGroup{{Piece(1, 0, 9, kHalf)}, {Piece(2, 20, 29, kHalf)}},
                                  PieceGroup{{Piece(3, 30, 39, 1)}},
                                  PieceGroup{{Piece(4, 50, 59, kTinyIds)}}));
}

TEST(GroupPieces, PiecesOfARunStayOneSource) {
  const auto groups = GroupPieces({{Piece(1, 0, 99)}, {Piece(2, 10, 19), Piece(3, 90, 120)}});
  EXPECT_THAT(groups,
              ElementsAre(PieceGroup{{Piece(1, 0, 99)}, {Piece(2, 10, 19), Piece(3, 90, 120)}}));
}

}  // namespace
}  // namespace lumbung
