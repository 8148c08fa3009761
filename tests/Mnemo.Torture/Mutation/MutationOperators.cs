using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Mnemo.Torture.Mutation;

/// <summary>
/// Finds what can be changed in a file. Left alone are attributes, enumerations, constants, texts, what is thrown, what
/// is logged, checks of arguments against null and what only gives something back to the system.
/// </summary>
internal sealed class MutationOperators(string path, SourceText text) : CSharpSyntaxWalker
{
    private const int LargestCount = 16;
    private static readonly string[] Narrowing = ["Where", "Distinct", "DistinctBy", "Take", "Skip", "Order", "OrderBy", "OrderByDescending", "ThenBy"];
    private static readonly string[] Collections = ["IReadOnlyList<", "IReadOnlyCollection<", "IEnumerable<", "List<", "ICollection<"];

    private readonly List<Mutant> _found = [];

    public static IReadOnlyList<Mutant> Find(string path, SyntaxTree tree)
    {
        var operators = new MutationOperators(path, tree.GetText());
        operators.Visit(tree.GetRoot());
        return operators._found;
    }

    public override void VisitAttributeList(AttributeListSyntax node)
    {
    }

    public override void VisitEnumDeclaration(EnumDeclarationSyntax node)
    {
    }

    public override void VisitThrowStatement(ThrowStatementSyntax node)
    {
    }

    public override void VisitThrowExpression(ThrowExpressionSyntax node)
    {
    }

    public override void VisitInterpolatedStringExpression(InterpolatedStringExpressionSyntax node)
    {
    }

    public override void VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        if (!node.Modifiers.Any(SyntaxKind.ConstKeyword)) base.VisitFieldDeclaration(node);
    }

    public override void VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node)
    {
        if (node.IsConst) return;
        if (node.UsingKeyword != default) Add("drop-using", node, ";");
        base.VisitLocalDeclarationStatement(node);
    }

    public override void VisitIfStatement(IfStatementSyntax node)
    {
        Negate(node.Condition);
        var only = node.Statement is BlockSyntax { Statements: [var single] } ? single : node.Statement;
        if (node.Else is null && only is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or YieldStatementSyntax) Add("drop-guard", node, ";");
        base.VisitIfStatement(node);
    }

    public override void VisitWhileStatement(WhileStatementSyntax node)
    {
        if (!node.Condition.IsKind(SyntaxKind.TrueLiteralExpression)) Negate(node.Condition);
        base.VisitWhileStatement(node);
    }

    public override void VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        Negate(node.Condition);
        base.VisitConditionalExpression(node);
    }

    public override void VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        if (node.IsKind(SyntaxKind.LogicalNotExpression)) Add("drop-not", node, node.Operand.ToString());
        base.VisitPrefixUnaryExpression(node);
    }

    public override void VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var (name, other) = node.Kind() switch
        {
            SyntaxKind.LogicalAndExpression => ("swap-logic", "||"),
            SyntaxKind.LogicalOrExpression => ("swap-logic", "&&"),
            SyntaxKind.EqualsExpression => ("comparison", "!="),
            SyntaxKind.NotEqualsExpression => ("comparison", "=="),
            SyntaxKind.AddExpression when !IsText(node) => ("arithmetic", "-"),
            SyntaxKind.SubtractExpression => ("arithmetic", "+"),
            _ => ("comparison", OfNeighbour(node.OperatorToken)),
        };
        if (other.Length > 0) Add(name, node.OperatorToken, other);
        base.VisitBinaryExpression(node);
    }

    public override void VisitRelationalPattern(RelationalPatternSyntax node)
    {
        Add("comparison", node.OperatorToken, OfNeighbour(node.OperatorToken));
        base.VisitRelationalPattern(node);
    }

    public override void VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        if (node.Token.Value is int and >= 0 and <= LargestCount and var number) Add("off-by-one", node, $"{number + 1}");
    }

    public override void VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (IsAside(node.Expression)) return;
        Add("drop-statement", node, ";");
        base.VisitExpressionStatement(node);
    }

    public override void VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        if (IsAside(node)) return;
        if (node.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } access && Narrowing.Contains(name)) Add("drop-" + name.ToLowerInvariant(), node, access.Expression.ToString());
        base.VisitInvocationExpression(node);
    }

    public override void VisitReturnStatement(ReturnStatementSyntax node)
    {
        var owner = node.FirstAncestorOrSelf<SyntaxNode>(n => n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or AccessorDeclarationSyntax);
        if (node.Expression is { } value) AddReturn(owner, value);
        base.VisitReturnStatement(node);
    }

    public override void VisitArrowExpressionClause(ArrowExpressionClauseSyntax node)
    {
        AddReturn(node.Parent, node.Expression);
        base.VisitArrowExpressionClause(node);
    }

    public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var returnsNothing = node.ReturnType.ToString() == "void" || (node.ReturnType.ToString() is "Task" or "ValueTask" && node.Modifiers.Any(SyntaxKind.AsyncKeyword));
        if (returnsNothing && node.Body is { Statements.Count: > 0 } body) Add("return-early", body.Statements[0].SpanStart, 0, "return; ", "");
        base.VisitMethodDeclaration(node);
    }

    private void Negate(ExpressionSyntax condition) => Add("negate-condition", condition, $"!({condition})");

    private void AddReturn(SyntaxNode? owner, ExpressionSyntax value)
    {
        var (type, isAsync) = owner switch
        {
            MethodDeclarationSyntax method => (method.ReturnType.ToString(), method.Modifiers.Any(SyntaxKind.AsyncKeyword)),
            LocalFunctionStatementSyntax local => (local.ReturnType.ToString(), local.Modifiers.Any(SyntaxKind.AsyncKeyword)),
            PropertyDeclarationSyntax property => (property.Type.ToString(), false),
            _ => ("", false),
        };
        if (type.Length == 0 || type is "void" or "Task" or "ValueTask") return;
        var inner = Inner(type);
        if (inner != type && !isAsync) Add("empty-return", value, $"Task.FromResult<{inner}>({Empty(inner)})");
        else if (inner == "bool") Add("negate-return", value, $"!({value})");
        else Add("empty-return", value, Empty(inner));
    }

    private static string Inner(string type)
        => type.StartsWith("Task<", StringComparison.Ordinal) || type.StartsWith("ValueTask<", StringComparison.Ordinal) ? type[(type.IndexOf('<') + 1)..^1] : type;

    private static string Empty(string type)
        => type == "string" ? "\"\"" : Collections.Any(c => type.StartsWith(c, StringComparison.Ordinal)) || type.EndsWith("[]", StringComparison.Ordinal) ? "[]" : "default!";

    private static string OfNeighbour(SyntaxToken token) => token.Text switch { "<" => "<=", "<=" => "<", ">" => ">=", ">=" => ">", _ => "" };

    private static bool IsText(BinaryExpressionSyntax node) => node.DescendantNodes().Any(n => n.IsKind(SyntaxKind.StringLiteralExpression) || n is InterpolatedStringExpressionSyntax);

    /// <summary>Calls that no test can miss: of the log, of the guards of arguments, and what frees something.</summary>
    private static bool IsAside(ExpressionSyntax expression)
    {
        var text = expression.ToString();
        var isLog = text.StartsWith("Log", StringComparison.Ordinal) || text.Contains("ogger.", StringComparison.Ordinal) || text.Contains(".Log", StringComparison.Ordinal);
        var isGuard = text.Contains("Exception.ThrowIf", StringComparison.Ordinal);
        return isLog || isGuard || text.EndsWith(".Dispose()", StringComparison.Ordinal) || text.EndsWith(".DisposeAsync()", StringComparison.Ordinal);
    }

    private void Add(string name, SyntaxNode node, string replacement) => Add(name, node.SpanStart, node.Span.Length, replacement, node.ToString());

    private void Add(string name, SyntaxToken token, string replacement) => Add(name, token.SpanStart, token.Span.Length, replacement, token.Text);

    private void Add(string name, int start, int length, string replacement, string former)
    {
        if (replacement != former) _found.Add(new Mutant(path, text.Lines.GetLineFromPosition(start).LineNumber + 1, name, start, length, replacement));
    }
}
