// Deciding about money: transactions, batches, holds, captures, releases.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/domain/decide.h"
#include "engine/domain/net_changes.h"

namespace lumbung {

// One decision at a time. A step returns false where it refused, and the decision says why.
class TransactionDecider {
 public:
  // Starts a decision.
  void Begin(const State& state, History& history, std::int64_t now, Decision& decision);

  // What the last transaction that was decided changes, with the rows that are there.
  NetChanges& changes() { return changes_; }

  // Whether a command is one of these.
  static bool Takes(const v1::Command& command);
  // REQUIRES: Takes(command)
  bool DecideBody(const v1::Command& command, v1::Event& event);

 private:
  bool Post(const v1::Transaction& transaction, v1::Event& event);
  bool PostBatch(const v1::Command& command, v1::Event& event);
  bool Hold(const v1::Hold& hold, v1::Event& event);
  bool Capture(const v1::Capture& capture, v1::Event& event);
  bool Release(const v1::Command& command, v1::Event& event);

  // What the checks of one transaction find out.
  struct Item {
    const v1::Transaction* transaction = nullptr;
    // The transaction as it will be recorded: `transaction`, or a copy with entries filled in.
    const v1::Transaction* recorded = nullptr;
    const CooperativeState* cooperative = nullptr;
    const Chart* chart = nullptr;
    const v1::Kind* kind = nullptr;
    // For a capture, with the hold that it names.
    const v1::Capture* capture = nullptr;
    const v1::HoldRow* captured_hold = nullptr;
    Date today = 0;
    Date posting_date = 0;
    bool is_fact = false;
    bool is_reversal = false;
    bool is_hold = false;
    std::vector<v1::Code> overrides;
  };
  // An account that the item changes, beside its NetChange of the same place.
  struct Touched {
    const AccountRow* row = nullptr;  // null: not yet there
    const v1::AccountCode* code = nullptr;
  };
  // An account's figures, in the direction in which it grows.
  struct Figures {
    Int128 available = 0;
    Int128 ceiling = 0;  // balance, and what holds may add to it
  };

  bool Refuse(v1::Code code, std::string detail);
  // True where the item is a fact, and notes the override; otherwise refuses.
  bool OverrideOrRefuse(Item& item, v1::Code code, std::string detail);

  bool CheckItem(Item& item, const v1::Transaction& transaction);
  bool CheckReferences(Item& item);
  bool CheckReversal(Item& item);
  bool CheckCapture(Item& item);
  // Null where there is none: refused.
  const v1::HoldRow* FindHold(const HoldKey& key);
  bool CheckEntryReferences(const Item& item);
  bool CheckEntry(const Item& item, const v1::Entry& entry);
  bool CheckHolder(const Item& item, const v1::AccountCode& code, const v1::Entry& entry);
  bool CheckLoanDetails(const Item& item);
  bool CheckRepaymentSplit(const Item& item, const v1::LoanRepayment& repayment);
  bool CheckConditionCodes(const Item& item);
  bool CheckPeriod(Item& item);
  bool CheckCooperativeStatus(const Item& item);
  bool CheckStatus(Item& item);
  bool CheckHolderStatus(Item& item);
  void SumChanges(const Item& item);
  bool CheckLimits(Item& item);
  bool CheckAccountLimits(Item& item, std::size_t place);
  bool CheckConditions(Item& item);
  bool CheckOverflow();
  bool CheckRoom();

  // Whether the account would be made by this item.
  bool IsNew(std::size_t place) const;
  // What earlier items of the batch changed on an account; null if nothing.
  const NetChange* Earlier(const AccountKey& key) const;
  Figures FiguresOf(const AccountRow* row, const v1::AccountCode& code, const AccountKey& key,
                    const NetChange* change) const;
  v1::Transaction& FilledCopy(const v1::Transaction& transaction);
  void FillPosting(const Item& item, v1::Posting& posting);

  const State* state_ = nullptr;
  History* history_ = nullptr;
  std::int64_t now_ = 0;
  Decision* decision_ = nullptr;

  NetChanges changes_;            // of the item
  std::vector<Touched> touched_;  // places as in changes_
  NetChanges earlier_;            // of the batch's items before it
  bool has_earlier_ = false;
  std::size_t new_accounts_ = 0;  // made by them
  std::vector<std::string_view> reversed_in_batch_;
  std::deque<v1::Transaction> filled_;  // until the next Begin
};

}  // namespace lumbung
