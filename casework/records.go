// Package casework is what the office does: applications, payouts,
// grievances, and the people and units they belong to. It holds pure rules:
// what a stranger may learn, which date the law sets, what is owed to whom. It knows
// no SQL, no channel and no dialogue.
package casework

import "time"

// Unit is an office or a place: a province, a commune (xã, phường), a hamlet
// (ấp, thôn). Its texts are what people are told.
type Unit struct {
	ID       int64
	Code     string
	Name     string // with its kind: "xã Tân Biên", "ấp 3"
	Kind     string // province, commune, hamlet
	ParentID int64
	Region   string // north or south: lĩnh or lãnh, thôn or ấp
	Phone    string // as people should dial it: "0276 3874 111"
	Counter  string // where people go: "Trung tâm Phục vụ hành chính công xã …, số …"
	Hours    string
	Aliases  []string // old names and other spellings
}

// Person is somebody whom the office knows.
type Person struct {
	ID        int64
	UnitID    int64
	HamletID  int64
	Household string // equal for one household; empty: not known
	Name      string
	Birth     string // "1949" or "1949-03-12"; empty: not known
	Sex       string // SexFemale or SexMale, from the citizen number; empty: not known
	Dead      bool   // marked by staff
	Quiet     bool   // said to have died: no notices until staff decide
}

// Sexes, as far as a form of address needs them.
const (
	SexFemale = "f"
	SexMale   = "m"
)

// Form of a case: somebody filed it, or somebody was put on a list.
const (
	FormDossier = "dossier" // hồ sơ
	FormList    = "list"    // danh sách
)

// Status is the national dossier status (trạng thái hồ sơ), 1 to 10, as the
// national public service portal numbers them.
type Status int

const (
	StatusRegistered  Status = 1  // Mới đăng ký
	StatusReceived    Status = 2  // Được tiếp nhận
	StatusNotAccepted Status = 3  // Không được tiếp nhận
	StatusProcessing  Status = 4  // Đang xử lý
	StatusSupplement  Status = 5  // Yêu cầu bổ sung giấy tờ
	StatusFeeDue      Status = 6  // Yêu cầu thực hiện nghĩa vụ tài chính
	StatusWithdrawn   Status = 7  // Công dân yêu cầu rút hồ sơ
	StatusStopped     Status = 8  // Dừng xử lý
	StatusFinished    Status = 9  // Đã xử lý xong
	StatusReturned    Status = 10 // Đã trả kết quả
)

// Steps of a support programme inside a status.
const (
	StepListed    = "listed"    // Lập danh sách
	StepReview    = "review"    // Rà soát
	StepPosting   = "posting"   // Niêm yết công khai
	StepAppraisal = "appraisal" // Thẩm định
	StepApproval  = "approval"  // Phê duyệt
	StepPayment   = "payment"   // Chi trả
)

// Outcomes of an application.
const (
	OutcomeGranted = "granted" // Được duyệt
	OutcomeRefused = "refused" // Không đủ điều kiện
)

// Application is one case of one person. Dates are "2006-01-02" or empty.
type Application struct {
	ID        int64
	Code      string // as the office writes it
	Form      string
	PersonID  int64
	UnitID    int64
	Programme string // a programme's code, or the office's own words
	Status    Status
	Step      string
	Outcome   string
	Received  string
	Appointed string
	Amount    int64  // đồng; 0: not known
	Missing   string // papers that are still needed
	Reason    string
	Decision  string    // number of the decision
	ChangedAt time.Time // when status, step or outcome last changed
}

// States of a payout.
const (
	PayoutDraft       = "draft"       // in a schedule that was not sent yet; people are not told
	PayoutScheduled   = "scheduled"   //
	PayoutPaid        = "paid"        // đã nhận, by the list
	PayoutUncollected = "uncollected" // chưa nhận; moves to the next period
	PayoutBounced     = "bounced"     // sai số tài khoản
	PayoutReturned    = "returned"    // nộp trả ngân sách
	PayoutCancelled   = "cancelled"   //
)

// Methods of paying.
const (
	MethodCash    = "cash"
	MethodAccount = "account"
	MethodHome    = "home"
)

// Payout is one person's payment or goods for one period of one programme.
type Payout struct {
	ID            int64
	PersonID      int64
	PersonName    string // for the one who may be told
	UnitID        int64
	ApplicationID int64
	BroadcastID   int64
	Programme     string
	Period        string // as the office writes it: "11/2026"
	Amount        int64  // đồng; 0 when it is goods
	Goods         string // "15 kg gạo"
	PayDate       string // 2006-01-02
	Hours         string // "7h30-11h"
	Place         string
	Method        string
	Papers        string // what to bring; empty: the usual
	State         string
}

// Kinds of a grievance. A denunciation (tố cáo) is never a grievance row that
// came over a channel: see SealText.
const (
	KindComplaint = "complaint" // khiếu nại
	KindProposal  = "proposal"  // kiến nghị
	KindReport    = "report"    // phản ánh
	KindQuestion  = "question"  // hỏi chính sách
)

// Desks that a grievance may go to.
const (
	DeskReception = "reception" // bộ phận tiếp công dân
	DeskHead      = "head"      // người đứng đầu; for a disputed paid mark
)

// Statuses of a grievance.
const (
	GrievanceReceived    = "received"    // tiếp nhận
	GrievanceInProgress  = "in_progress" // đang xác minh
	GrievanceTransferred = "transferred" // chuyển đơn
	GrievanceGuided      = "guided"      // hướng dẫn
	GrievanceAnswered    = "answered"    // đã trả lời
	GrievanceRefused     = "refused"     // không thụ lý
	GrievanceWithdrawn   = "withdrawn"   // rút đơn
	GrievanceClosed      = "closed"      // kết thúc
)

// Grievance is one filing. Its words are opened only for those who may read them.
type Grievance struct {
	ID             int64
	Code           string
	KindSuggested  string
	Kind           string // an officer's decision; empty until then
	Topic          string // payout_missing, status_late, other
	UnitID         int64
	Desk           string
	ForWhom        string // self, family, other
	Name           string
	Hamlet         string // as the person wrote it
	Text           string
	ContactWish    string
	ConversationID int64
	Phone          string
	PersonID       int64
	ApplicationID  int64
	PayoutID       int64
	PaidDisputed   bool
	Incomplete     bool
	Status         string
	FiledAt        time.Time
	AnswerBy       string // date by which the office answers
	SignedOn       string // when the signed paper came
	Moves          []Move
}

// Move is one step of a grievance that the person who filed may see.
type Move struct {
	At     time.Time
	By     string // "citizen" or an officer's name for records; never shown to the public
	Status string
	Note   string // what the citizen is told, or what they added
}

// Draft is an unfinished dialogue.
type Draft struct {
	ID             string
	ConversationID int64
	Dialogue       string
	State          []byte
	Phone          string // proven phone of the conversation it was begun in; the second fact
	UpdatedAt      time.Time
}

// Task is something that the office has to do.
type Task struct {
	ID             int64
	Kind           string
	UnitID         int64
	ConversationID int64
	PersonID       int64
	PersonName     string // of PersonID, where staff read the task
	GrievanceID    int64
	Phone          string
	Detail         string
	Due            string // "2006-01-02"; empty: no legal or promised date
	OpenedAt       time.Time
	ClosedAt       time.Time // zero: open
	ClosedBy       string
}
